import { repairDataDir } from '@grapevine/peer'
import type { RepairedDataDir } from '@grapevine/peer'
import type { Call } from '../call.js'
import { verb } from '../verb.js'

/** How many names are printed before the rest is only counted. */
const namedMax = 20

export const repair = verb({
  name: 'repair',
  says: 'makes of a broken disk what can be made of it; the others have the rest',
  more: `The peer must not run meanwhile. What was broken is moved aside, and never deleted; the repaired
peer takes a new replica id and gets what it lacks from the others.`,
  examples: [{ line: 'grapevine repair', says: 'changes nothing where nothing is broken' }],
  async run(call) {
    const { settings, common } = call
    const repaired = await repairDataDir(settings.dataDir)
    if (common.json) return call.json(repaired)
    tell(call, repaired)
  },
})

function tell(call: Call, { stored, salvaged, damaged, rebuilt }: RepairedDataDir): void {
  call.print(
    `${salvaged} sound records found${stored === undefined ? '' : `; ${stored} were stored`}`,
  )
  if (rebuilt === undefined) return call.print('nothing to repair')
  list(call, 'damaged', damaged)
  call.print(`${rebuilt.releases} releases kept`)
  list(call, 'left out, for it follows one that is lost', rebuilt.unplaced)
  if (rebuilt.brokenStore !== undefined) {
    call.print(`the broken store is now ${rebuilt.brokenStore}: delete it when nothing is missing`)
  }
  call.say('next: grapevine up; the peer takes a new replica id, and gets the rest from the others')
}

function list(call: Call, what: string, names: readonly string[]): void {
  for (const name of names.slice(0, namedMax)) call.print(`  ${what}: ${name}`)
  if (names.length > namedMax) call.print(`  and ${names.length - namedMax} more`)
}
