import type { Member, Status } from '@grapevine/peer'
import type { Call } from '../call.js'
import { Complaint } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import { runningPeer } from '../acting/running.js'
import { countOf } from '../acting/writing.js'
import { onOneLine } from '../shown/shown-value.js'
import { sightInWords, silentIn } from '../shown/sight.js'
import { spanOf } from '../shown/spans.js'
import { timeOf } from '../shown/times.js'
import { flag, verb } from '../verb.js'

/** How many are named before the rest is only counted. */
const namedMax = 8

export const status = verb({
  name: 'status',
  says: 'says where this peer stands, and whom it sees',
  options: {
    check: flag('for probes: only whether a peer runs here and serves readers; opens none'),
  },
  examples: [
    { line: 'grapevine status', says: 'in words' },
    { line: 'grapevine status --json', says: 'all of it, with the counters' },
    { line: 'grapevine status --check', says: 'exit code 0: it runs; 6: none does' },
  ],
  async run(call) {
    if (call.options.check) return check(call)
    const { client, by } = await call.peer()
    const [now, members] = [await client.status(), await client.peers()]
    if (call.common.json) return call.json(now)
    tell(call, now, members, by === 'own' ? 'for this command' : 'running')
  },
})

/** A peer that is cut off, or whose disk is full, serves its readers on: nobody shall restart it for that. */
async function check(call: Teller): Promise<void> {
  const client = await runningPeer(call)
  if (client === undefined) {
    throw new Complaint(
      exitCodes.noPeer,
      'NO_PEER',
      `no peer runs here: nothing answers at ${call.settings.socket}`,
      { next: 'grapevine up' },
    )
  }
  await using running = client
  const { name, mesh } = await running.status()
  call.say(`${onOneLine(name)} of ${mesh} runs`)
}

type Teller = Pick<Call, 'print' | 'say' | 'paint' | 'settings'>

function tell(call: Teller, now: Status, members: readonly Member[], how: string): void {
  const { name, mesh, keys, conflicts, links, addresses, syncedAt, badgeUntil } = now
  const nowMs = Date.now()
  call.print(
    `${onOneLine(name)} in ${mesh}, ${how}, replica ${now.replica.slice(0, now.replicaDigits)}`,
  )
  call.print(
    call.paint(now.inSight === now.members ? 'green' : 'yellow', sightInWords(members, nowMs)),
  )
  for (const line of silentLines(members, nowMs)) call.print(line)
  call.print(
    `${countOf(keys, 'key')}, ${countOf(conflicts, 'conflict')}${conflicts === 0 ? '' : ': grapevine conflicts'}`,
  )
  const synced = syncedAt === undefined ? 'not yet' : `${spanOf(Math.max(0, nowMs - syncedAt))} ago`
  call.print(
    now.members === 1
      ? 'no other member yet'
      : `${countOf(links, 'link')}, equal with another member ${synced}`,
  )
  if (addresses.length > 0) call.print(`reached at ${addresses.join(', ')}`)
  if (badgeUntil !== undefined) call.print(`a member until ${timeOf(badgeUntil)}`)
  for (const line of troubles(now)) call.print(call.paint('red', line))
}

function silentLines(members: readonly Member[], nowMs: number): readonly string[] {
  const silent = silentIn(members, nowMs)
  const lines = silent.slice(0, namedMax).map(({ name, heardAt, behind }) => {
    const heard = heardAt === undefined ? 'never heard' : `last heard ${timeOf(heardAt)}`
    const lacks =
      behind === undefined || behind === 0 ? '' : `, lacks ${countOf(behind, 'release')}`
    return `  silent  ${onOneLine(name)}, ${heard}${lacks}`
  })
  return silent.length <= namedMax
    ? lines
    : [...lines, `  and ${silent.length - namedMax} more: grapevine peers`]
}

/** What is not as it should be, each with what it means. */
function troubles({ store, storeError, waiting, early, forked }: Status): readonly string[] {
  return [
    ...(store === 'failed'
      ? [`the disk failed, and nothing can be written here: ${onOneLine(storeError ?? '')}`]
      : []),
    ...(early.length === 0
      ? []
      : [
          `${countOf(early.length, 'release')} from the future wait: a clock is wrong (grapevine doctor)`,
        ]),
    ...(waiting.length === 0
      ? []
      : [`${countOf(waiting.length, 'release')} wait for others that are not here yet`]),
    ...(forked.length === 0
      ? []
      : [
          `${countOf(forked.length, 'replica')} said two things under one number: a copied disk (grapevine doctor)`,
        ]),
  ]
}
