import type { Exposure, Revoked } from '@grapevine/peer'
import type { Call } from '../call.js'
import { declined, misused } from '../complain.js'
import { onOneLine } from '../shown/shown-value.js'
import { timeOf } from '../shown/times.js'
import { spread, trustActs } from '../acting/trust-acts.js'
import { checkSpan } from '../typed/span.js'
import { flag, text, verb } from '../verb.js'

/** How many keys are named before the rest is only counted. */
const namedMax = 20

const options = {
  keepInvited: flag('whom it let in stays in: what is done with an invite if you do not say'),
  dropInvited: flag('whom it let in goes with it: what is done with a member if you do not say'),
  newNetworkKey: flag('change what opens the first door, too: tokens made before end in an hour'),
  timeout: text(
    '<time>',
    'how long a peer of its own looks for one who hears it: 30s if not said',
    {
      check: (timeout) => void checkSpan('--timeout', timeout),
    },
  ),
} as const

export const revoke = verb({
  name: 'revoke',
  says: 'throws a member, a person or an invite out',
  args: '<who>',
  options,
  more: `From then on nobody takes anything from it, wherever it reaches the mesh, and its connections close.
It is named by its name, its key, or the first 8 digits of it. There is no way back but a new invite.`,
  examples: [
    { line: 'grapevine revoke bob', says: 'asks first' },
    {
      line: 'grapevine revoke bob --yes --new-network-key',
      says: 'and locks the first door behind it',
    },
  ],
  async run(call) {
    const who = call.word(0)
    const { keepInvited, dropInvited, newNetworkKey } = call.options
    if (keepInvited && dropInvited) {
      throw misused(
        '--keep-invited and --drop-invited say different things',
        'leave one of them out',
      )
    }
    const acts = await trustActs(call)
    const isSure = await call.confirm(
      `Throw ${who} out? Nobody takes from it what it writes from now on, and there is no way back.`,
    )
    if (!isSure) throw declined('nobody was thrown out')
    const revoked = await acts.revoke(who, {
      keepInvited: keepInvited ? true : dropInvited ? false : undefined,
    })
    const rotated = newNetworkKey ? await acts.rotateNetworkKey() : undefined
    if (call.common.json) call.json({ ...revoked, networkKey: rotated })
    else tell(call, revoked)
    if (rotated !== undefined) {
      call.say(`tokens that were made before now end at ${timeOf(rotated.oldUntil)}: make new ones`)
    } else if (!call.common.json) {
      call.say('  it still knows what opens the first door: --new-network-key changes that')
    }
    return spread(call, call.options.timeout ?? '30s')
  },
})

function tell(call: Call<typeof options>, { key, name, kept, voided, exposed }: Revoked): void {
  call.print(
    `${onOneLine(name)} (${key.slice(0, 8)}) is thrown out: nobody takes what it writes from now on`,
  )
  if (kept > 0) call.print(`  whom it let in stays in: ${kept}`)
  if (voided.releases > 0) {
    call.print(`  ${voided.releases} of its releases count no more`)
  }
  if (voided.keys.length > 0) {
    call.print('  what shows something else now:')
    for (const one of voided.keys.slice(0, namedMax)) call.print(`    ${one}`)
    const more = voided.keys.length - namedMax
    if (more > 0) call.print(`    and ${more} more`)
  }
  tellExposed(call, exposed)
}

function tellExposed(call: Call<typeof options>, exposed: readonly Exposure[]): void {
  const urgent = exposed.filter(({ present }) => present !== 'changed')
  if (urgent.length === 0) return
  call.print('  secrets that it could read; replace what they open:')
  for (const { key, present } of urgent) call.print(`    ${key}  ${inWords[present]}`)
}

const inWords: Readonly<Record<Exposure['present'], string>> = {
  readable: 'is still sealed to it: set it anew',
  same: 'says what it has read',
  changed: 'was changed since',
  removed: 'was removed; what it opens may still take it',
  unknown: 'may say what it has read: this peer cannot open it',
}
