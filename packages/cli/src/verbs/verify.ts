import { verifyDataDir } from '@grapevine/peer'
import { exitCodes } from '../exit-codes.js'
import { commandIn } from '../shown/next-command.js'
import { verb } from '../verb.js'

/** How many faults are named before the rest is only counted. */
const namedMax = 20

export const verify = verb({
  name: 'verify',
  says: 'reads all that a peer has on its disk, signatures too, and changes nothing',
  more: 'The peer must not run meanwhile. Exit code: 0 it is sound, 1 it is damaged.',
  examples: [{ line: 'grapevine verify', says: 'the peer in this folder' }],
  async run(call) {
    const { settings, common } = call
    const { dataDir } = settings
    const found = await verifyDataDir(dataDir)
    const { records, bytes, transaction, faults, doubt } = found
    const code = faults.length === 0 ? exitCodes.ok : exitCodes.failed
    if (common.json) {
      call.json(found)
      return code
    }
    const after = transaction === undefined ? '' : ` after ${transaction} transactions`
    call.print(`${records} records, ${bytes} bytes${after}`)
    for (const fault of faults.slice(0, namedMax)) call.print(`  fault: ${fault}`)
    if (faults.length > namedMax) call.print(`  and ${faults.length - namedMax} more`)
    if (faults.length > 0) {
      call.print('it is damaged')
      call.say(`next: ${commandIn(dataDir, 'repair')}`)
    } else if (doubt === undefined) call.print('it is sound')
    else call.print(`it is sound, but ${doubt}: it takes a new replica id`)
    return code
  },
})
