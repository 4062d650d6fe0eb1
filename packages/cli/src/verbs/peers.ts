import type { Member } from '@grapevine/peer'
import { harmless } from '../shown/shown-value.js'
import { spanOf } from '../shown/spans.js'
import { timeOf } from '../shown/times.js'
import { verb } from '../verb.js'

export const peers = verb({
  name: 'peers',
  says: 'lists the members: who is linked, who was heard when, who lacks what',
  more: 'behind: how many releases that are held here it lacked when it was heard last.',
  examples: [
    { line: 'grapevine peers', says: 'one a line' },
    { line: 'grapevine peers --json', says: 'an object a line, with addresses and clocks' },
  ],
  async run(call) {
    const { client } = await call.peer()
    const all = await client.peers()
    if (call.common.json) {
      for (const one of all) call.json(one)
      return
    }
    const now = Date.now()
    call.table(
      ['name', 'link', 'heard', 'behind', 'software', 'labels', 'badge until'],
      all.map((one) => rowOf(one, now)),
    )
  },
})

const rowOf = (
  { name, isSelf, link, heardAt, behind, software, labels, badge }: Member,
  now: number,
): readonly string[] => [
  harmless(name),
  isSelf ? 'this one' : (link?.address ?? '-'),
  isSelf ? '' : heardIn(heardAt, now),
  isSelf ? '' : behind === undefined ? '?' : `${behind}`,
  harmless(software ?? '?'),
  [...labels]
    .filter(([label]) => label !== 'name' && label !== 'age')
    .map(([label, value]) => harmless(`${label}=${value}`))
    .join(' '),
  badge === undefined ? '' : timeOf(badge.until),
]

/** Presences come every few seconds: what is just now needs no clock. */
const nowMs = 30_000

const heardIn = (heardAt: number | undefined, now: number): string =>
  heardAt === undefined
    ? 'never'
    : now - heardAt <= nowMs
      ? 'now'
      : `${timeOf(heardAt)}, ${spanOf(now - heardAt)} ago`
