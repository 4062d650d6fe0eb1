import { timeOf } from '../shown/times.js'
import { grantsInWords } from '../acting/trust-acts.js'
import { harmless } from '../shown/shown-value.js'
import { verb } from '../verb.js'

export const members = verb({
  name: 'members',
  says: 'lists who belongs to the mesh, and what each may do',
  more: 'Whether they are there now is what grapevine peers tells.',
  examples: [
    { line: 'grapevine members', says: 'name, id, rights, and until when' },
    { line: 'grapevine members --json', says: 'an object a line' },
  ],
  async run(call) {
    const { client } = await call.peer()
    const all = await client.peers()
    if (call.common.json) {
      for (const { peer, name, isSelf, badge } of all) call.json({ peer, name, isSelf, badge })
      return
    }
    call.table(
      ['member', 'id', 'may', 'until'],
      all.map(({ peer, name, isSelf, badge }) => [
        `${harmless(name)}${isSelf ? ' (this one)' : ''}`,
        peer.slice(0, 8),
        badge === undefined ? 'everything' : grantsInWords(badge),
        badge === undefined ? '' : timeOf(badge.until),
      ]),
    )
    if (all.every(({ badge }) => badge === undefined)) {
      call.say(
        'this mesh is open: whoever reaches it may do everything, so it keeps to this machine',
      )
    }
  },
})
