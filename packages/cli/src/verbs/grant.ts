import { misused } from '../complain.js'
import { timeOf } from '../shown/times.js'
import { canOf, canOption, trustActs } from '../acting/trust-acts.js'
import { flag, text, verb } from '../verb.js'

export const grant = verb({
  name: 'grant',
  says: 'gives a member other rights, or more time',
  args: '<member>',
  options: {
    can: canOption,
    readOnly: flag('it reads everything, and writes nothing'),
    for: text('<time>', 'how long it is a member: 365d if you do not say'),
  },
  more: `What you say here takes the place of what it could do before. A peer that is linked goes by it at
once; for anybody else the new badge is printed, to be handed over: a peer takes it with
up --badge @file, a person has it in a file beside the key, called <key file>.badge.`,
  examples: [
    { line: "grapevine grant bob --can 'payments/**=write'", says: 'for a year from now' },
    { line: 'grapevine grant bob --read-only --for 30d', says: 'takes back what it could write' },
  ],
  async run(call) {
    const { options, common } = call
    const who = call.word(0)
    if (options.readOnly === options.can.length > 0) {
      throw misused(
        options.readOnly
          ? '--read-only and --can say different things'
          : `nobody knows what ${who} may do`,
        "write --can 'payments/**=write', once for each right it shall have, or --read-only",
      )
    }
    const acts = await trustActs(call)
    const granted = await acts.grant(who, { can: canOf(options.can), for: options.for })
    if (common.json) call.json(granted)
    else if (!granted.isBrought) call.print(granted.badge)
    const rights = options.readOnly ? 'reads' : options.can.join(', ')
    call.say(`${who}: ${rights}, until ${timeOf(granted.until)}`)
    call.say(
      granted.isBrought
        ? '  it was brought there, and counts from now on'
        : '  it is not linked here: hand it the badge that was printed',
    )
  },
})
