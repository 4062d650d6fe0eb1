import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { verbs } from '../src/verbs.js'
import { commandsOf } from './example-lines.js'
import type { ExampleCommand } from './example-lines.js'
import {
  besideRunning,
  busyMesh,
  emptyFolder,
  foundedFolder,
  withBackup,
} from './example-places.js'
import type { Place } from './example-places.js'
import { besideLab, whereLabsRun } from './lab-place.js'

/** Where the examples of these verbs are run; those of all others speak to a running peer. */
const placeByVerb: ReadonlyMap<string, () => Promise<Place>> = new Map([
  ['init', emptyFolder],
  ['sim', emptyFolder],
  ['completion', emptyFolder],
  ['help', emptyFolder],
  ['up', foundedFolder],
  ['backup', foundedFolder],
  ['verify', foundedFolder],
  ['repair', foundedFolder],
  ['doctor', foundedFolder],
  ['restore', withBackup],
  ['join', besideRunning],
  ['lab', besideLab],
])

const placeByLine: ReadonlyMap<string, () => Promise<Place>> = new Map([
  ['grapevine up --open try', emptyFolder],
  ['grapevine lab --peers 2 --headless --json', whereLabsRun],
  ['grapevine up --join @/run/secrets/token', besideRunning],
])

/** What goes on until it is interrupted says this once it is at work, and then ends with this code. */
const atWork: readonly (readonly [command: string, said: string, code: number])[] = [
  ['up ', 'runs in', 0],
  ['watch ', '', 130],
  ['lab --peers', '"ready"', 0],
  ['exec --prefix payments -- node', 'at work', 0],
  ['exec --on-change', 'at work', 0],
  ['render app.conf.liquid -o app.conf --watch', 'reloaded', 130],
]

/** Two answers to a passphrase, or yes to whatever is asked. */
const typed: ReadonlyMap<string, readonly string[]> = new Map([
  ['init', ['long enough\r', 'long enough\r']],
])

/** It says that files differ. */
const codeByLine: ReadonlyMap<string, number> = new Map([
  ['grapevine diff conf/ --exit-code --quiet', 1],
])

const loaded = await Promise.all(
  verbs.map(async ({ name, load }) => [name, (await load()).examples] as const),
)

describe.each(loaded)('an example of grapevine %s', (name, examples) => {
  it.each(examples.map(({ line }) => line))('works: %s', async (line) => {
    const open = placeByLine.get(line) ?? placeByVerb.get(name) ?? busyMesh
    await using place = await open()
    let stdin = 'piped\n'
    for (const command of commandsOf(line)) {
      const { code, out, err } = await perform(place, command, stdin)
      expect({ code, err }).toEqual({ code: codeByLine.get(line) ?? expectedCode(command), err })
      stdin = out
    }
  })
})

const workOf = ({ args }: ExampleCommand) =>
  atWork.find(([command]) => `${args.join(' ')} `.startsWith(command))

const expectedCode = (command: ExampleCommand): number => workOf(command)?.[2] ?? 0

async function perform(place: Place, command: ExampleCommand, stdin: string) {
  const args = command.args.map((word) => inPlace(word, place))
  const [name = ''] = args
  // At a terminal Ctrl-C reaches the program of `exec` by itself, and here is none.
  const isTty = !command.isPiped && !command.isCaught && name !== 'exec'
  const running = place.start(args, {
    env: {
      PATH: `${place.folder}/bin:${process.env['PATH']}`,
      EDITOR: 'true',
      ...command.env,
      ...noEditor(command),
    },
    ...(isTty ? { isTty, typed: typed.get(name) ?? ['y', 'y'] } : { stdin }),
  })
  const work = workOf(command)
  if (work !== undefined) {
    await running.wrote(work[1])
    running.interrupt()
  }
  return running.ended
}

/** Whichever it names, it need not be installed here. */
const noEditor = ({ env }: ExampleCommand): NodeJS.ProcessEnv =>
  env['EDITOR'] === undefined ? {} : { EDITOR: 'true' }

const inPlace = (word: string, { release, folder }: Place): string =>
  word
    // A simulated peer takes as much time as a real one would take of a test.
    .replace(/^100$/, '10')
    // And so does a real one, of which here are only three.
    .replace(/^1-4$/, '1-2')
    .replace(/^5-8$/, '3')
    .replace('7f3a·412', release)
    .replace('@/run/', `@${join(folder, 'run')}/`)
    .replace(/^0\.0\.0\.0:\d+$/, '127.0.0.1:0')
