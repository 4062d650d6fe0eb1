import { misused } from '../complain.js'
import type { ExitCode } from '../exit-codes.js'
import { isAct } from '../lab/acts.js'
import { flag, text, verb } from '../verb.js'

export const labOptions = {
  peers: text('<count>', 'how many peers: 2 to 200; 8 unless you say, or as the scenario says'),
  port: text('<port>', 'where its page is on this machine: 7300 unless you say'),
  scenario: text(
    '<file>',
    'plays a scenario of grapevine sim on the real mesh, and says how it went',
  ),
  seed: text('<number>', 'where the chance of a scenario comes from'),
  headless: flag('no page: for tests, and where nobody watches'),
  delay: text('<time>', 'for slow: how much longer each line takes, each way, as 200ms'),
  loss: text('<share>', 'for slow: how much of what is sent has to be sent again, as 5%'),
  rate: text('<size>', 'for slow: how much each line carries in a second, as 64kB'),
}

export const lab = verb({
  name: 'lab',
  says: 'runs a mesh of real peers on this machine, to look at and to break',
  args: '[act] [peers...]',
  options: labOptions,
  more: `Without an act it starts a lab, and goes on until Ctrl-C: then nothing of it is left. In another
terminal, or on its page:

  cut 1-4 5-8            these reach each other, and not those; heal ends it, and all weather
  kill 3 · stop 3        its process dies at once; or ends as it should. start 3 starts it again
  pause 3 · resume 3     it stands still, and does not know it
  slow 1-4 5-8 --delay 200ms --loss 5% --rate 64kB
  status                 who runs, who is behind, what is cut

Peers are named by number, range or name, several with commas: 1,3,checkout. Any other command speaks
to one of them with --lab: grapevine get shop/banner --lab payments. Where no peer is configured, it
speaks to the first one by itself.`,
  examples: [
    {
      line: 'grapevine lab cut 1-4 5-8',
      says: 'two sides; then write on both, and: grapevine lab heal',
    },
    {
      line: 'grapevine lab kill payments',
      says: 'at once; grapevine lab start payments brings it back',
    },
    { line: 'grapevine lab --peers 2 --headless --json', says: 'for CI: an object a line' },
  ],
  async run(call): Promise<ExitCode | void> {
    const [act, ...who] = call.words
    if (act === undefined) {
      const { runLab } = await import('../lab/run-lab.js')
      return runLab(call)
    }
    if (!isAct(act)) {
      throw misused(
        `the lab cannot ${JSON.stringify(act)}`,
        'grapevine lab --help lists what it can',
      )
    }
    const { carryOut } = await import('../lab/carry-out.js')
    return carryOut(call, act, who)
  },
})
