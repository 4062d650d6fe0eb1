import { resolve } from 'node:path'
import { restoreDataDir } from '@grapevine/peer'
import { nextCommand } from '../shown/next-command.js'
import { verb } from '../verb.js'

export const restore = verb({
  name: 'restore',
  says: 'makes the folder of a peer from a backup',
  args: '<file>',
  more: `Into a folder that holds no peer. The restored peer takes a new replica id, for what it wrote after
the backup may have reached others; it gets that back from them. The peer that the backup was
made of must not run any more: two under one key are told from each other, and both complain.`,
  examples: [
    { line: 'grapevine restore alice.backup --data-dir again', says: 'then grapevine up' },
  ],
  async run(call) {
    const { settings, common, terminal } = call
    const file = resolve(terminal.cwd, call.word(0))
    const restored = await restoreDataDir(file, settings.dataDir)
    if (common.json) return call.json({ ...restored, dataDir: settings.dataDir })
    call.print(`restored ${restored.records} records of ${restored.at} into ${settings.dataDir}`)
    call.say(
      '  when this peer runs, it takes a new replica id and gets what it lacks from the others',
    )
    call.say(`next: ${nextCommand(call, 'up')}`)
  },
})
