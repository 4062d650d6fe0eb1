import { misused } from '../complain.js'
import { candidatesFor } from '../completion/candidates.js'
import { knownBy } from '../completion/known.js'
import { scripts } from '../completion/scripts.js'
import { splitLine } from '../completion/split-line.js'
import type { Call } from '../call.js'
import { onOneLine } from '../shown/shown-value.js'
import { runningPeer } from '../acting/running.js'
import { verb } from '../verb.js'

export const completion = verb({
  name: 'completion',
  says: 'prints the script that completes commands, keys, peers and releases in a shell',
  args: '<shell>',
  more: `bash  in ~/.bashrc:  source <(grapevine completion bash)
zsh   in ~/.zshrc:   source <(grapevine completion zsh)
fish  once:          grapevine completion fish > ~/.config/fish/completions/grapevine.fish

Keys, peers and releases are those of the peer that runs here; it gets 200 ms to answer.`,
  examples: [{ line: 'grapevine completion bash', says: 'or zsh, or fish' }],
  async run(call) {
    const shell = call.word(0)
    // What the scripts ask for.
    if (shell === 'candidates') return answer(call)
    const script = scripts.get(shell)
    if (script === undefined) {
      throw misused(
        `there is no completion for ${shell}`,
        `choose from ${[...scripts.keys()].join(', ')}`,
      )
    }
    await call.write(Buffer.from(script))
  },
})

async function answer(call: Call): Promise<void> {
  const line = splitLine((await call.read('-')).toString())
  const known = knownBy(async () => runningPeer(call))
  const candidates = await candidatesFor(line, known)
  call.print(candidates === undefined ? 'files' : 'words')
  call.print(onOneLine(line.current))
  for (const { value, says } of candidates ?? []) {
    call.print(says === '' ? value : `${value}\t${onOneLine(says)}`)
  }
}
