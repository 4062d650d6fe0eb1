import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { backUpDataDir } from '@grapevine/peer'
import { misused } from '../complain.js'
import { runningPeer } from '../acting/running.js'
import { verb } from '../verb.js'

export const backup = verb({
  name: 'backup',
  says: 'writes a copy of this peer into one file, also while it runs',
  args: '<file>',
  more: `The file holds the key of the peer: whoever has it can speak as this peer, so keep it secret. What
the peer writes afterwards the others have: a restored peer gets it back from them.`,
  examples: [{ line: 'grapevine backup alice.backup', says: 'never over a file that is there' }],
  async run(call) {
    const { settings, common, terminal } = call
    const file = resolve(terminal.cwd, call.word(0))
    if (await isThere(file)) {
      throw misused(`${file} is there already, and is left as it is`, 'name another file')
    }
    const client = await runningPeer(call)
    if (client === undefined) await backUpDataDir(settings.dataDir, file)
    else {
      await using running = client
      await running.backup(file)
    }
    if (common.json) return call.json({ file })
    call.print(`wrote ${file}: whoever has it can speak as this peer, so keep it secret`)
    call.say(`  to put it back: grapevine restore ${call.word(0)} --data-dir <new folder>`)
  },
})

const isThere = async (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )
