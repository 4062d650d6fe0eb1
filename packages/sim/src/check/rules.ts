import {
  earlyFault,
  holeFault,
  hollowFault,
  loweredFault,
  readyFault,
  unsignedFault,
} from './clock-faults.js'
import { headsFault, onceFault, orderFault, toldFault } from './read-faults.js'
import { stirredFault, unmetFault } from './refusal-faults.js'
import type { Rule } from './rule.js'
import {
  acknowledgedFault,
  duplicateFault,
  durableFault,
  emptyFault,
  freshFault,
  reopenFault,
  sameFault,
} from './store-faults.js'
import {
  authorFault,
  badgeFault,
  budgetFault,
  doorFault,
  limitFault,
  revokedFault,
  saidFault,
  shownFault,
  strayFault,
} from './trust-faults.js'
import {
  agreementFault,
  booksFault,
  conflictsFault,
  memoryFault,
  movedFault,
  ownFault,
  truthFault,
  viewFault,
  watchFault,
} from './whole-faults.js'
import {
  askedFault,
  chainFault,
  conditionFault,
  forgedFault,
  forgottenFault,
  pretendedFault,
  repeatedFault,
  rightFault,
  sharedIdFault,
  stampFault,
  twiceFault,
  usedIdFault,
} from './write-faults.js'

/** Every promise that the checker holds honest peers to. */

type RulesOf<Fault extends (on: never) => string | undefined> = readonly Rule<
  Parameters<Fault>[0]
>[]

/** After an input that stored or showed something. The first ones found say most about the cause. */
export const stepRules: RulesOf<typeof headsFault> = [
  { rule: 'a release comes from whom it names', fault: forgedFault },
  { rule: 'one number, one release', fault: twiceFault },
  { rule: 'its author may write it', fault: rightFault },
  { rule: 'no replica id is used again', fault: usedIdFault },
  { rule: 'a badge is kept as its issuer signed it', fault: badgeFault },
  { rule: 'its author had the right by its stamp', fault: authorFault },
  { rule: 'a statement comes from who may say it', fault: saidFault },
  { rule: 'a release says what it spent', fault: budgetFault },
  { rule: 'what is revoked is in no clock', fault: revokedFault },
  { rule: 'whoever is revoked is told to be kept out', fault: doorFault },

  { rule: 'the clock grows in one step with what is stored', fault: hollowFault },
  { rule: 'only a snapshot leaves out releases', fault: holeFault },
  { rule: 'a clock covers only what was signed', fault: unsignedFault },
  { rule: 'the clock goes back only to a limit', fault: loweredFault },
  { rule: 'a release waits for what it has seen', fault: readyFault },
  { rule: 'a release from the future waits', fault: earlyFault },

  { rule: 'each release follows the one before', fault: chainFault },
  { rule: 'two stores never go on under one replica id', fault: sharedIdFault },
  { rule: 'stamps only grow', fault: stampFault },
  { rule: 'a change names all that its writer knew', fault: forgottenFault },
  { rule: 'a change names nothing that its writer did not hold', fault: pretendedFault },
  { rule: 'a conditional write finds what it names', fault: conditionFault },
  { rule: 'a write does what was asked', fault: askedFault },
  { rule: 'what is there already is not written again', fault: repeatedFault },

  { rule: 'put heads are a function of what the clock covers', fault: headsFault },
  { rule: 'nothing is told before it is stored', fault: orderFault },
  { rule: 'changes are told all at once', fault: onceFault },
  { rule: 'changes tell exactly what readers see', fault: toldFault },
]

/** After an input that stored nothing, and so moved nothing. */
export const stillRules: RulesOf<typeof movedFault> = [
  { rule: 'the clock moves only with what is stored', fault: movedFault },
]

/** Of all that is told to others. */
export const toldRules: RulesOf<typeof shownFault> = [
  { rule: 'a badge is shown as everybody can believe it', fault: shownFault },
]

export const duplicateRules: RulesOf<typeof duplicateFault> = [
  { rule: 'a duplicate is what is held already', fault: duplicateFault },
]

export const refusalRules: RulesOf<typeof unmetFault> = [
  { rule: 'what is refused moves nothing', fault: movedFault },
  { rule: 'what is refused shows nothing', fault: stirredFault },
  { rule: 'a condition that holds is no reason to refuse', fault: unmetFault },
]

export const acknowledgedRules: RulesOf<typeof acknowledgedFault> = [
  { rule: 'what is acknowledged is durable', fault: acknowledgedFault },
]

/** After a store was opened. */
export const openingRules: RulesOf<typeof sameFault> = [
  { rule: 'a new store is empty', fault: emptyFault },
  { rule: 'no replica id is used again', fault: freshFault },
  { rule: 'a restart brings back what was durable', fault: durableFault },
  { rule: 'a restart brings back the very same replica', fault: sameFault },
]

/** Now and then, in full: they hold the replica, and what the checker keeps up to date, to the oracle. */
export const wholeRules: RulesOf<typeof viewFault> = [
  { rule: 'the clock moves only with what is stored', fault: movedFault },
  { rule: 'put heads are a function of what the clock covers', fault: viewFault },
  { rule: 'the checker keeps its own books', fault: booksFault },
  { rule: 'conflicts are the keys with two put heads', fault: conflictsFault },
  { rule: 'changes tell exactly what readers see', fault: watchFault },
  { rule: 'what was acknowledged is held by its store', fault: ownFault },
  { rule: 'memory is bounded', fault: memoryFault },
  { rule: 'limits follow from what was said', fault: limitFault },
  { rule: 'the end of what nobody held is not kept', fault: strayFault },
]

/** Among all peers, and over the whole run. */
export const agreementRules: RulesOf<typeof agreementFault> = [
  { rule: 'equal clocks and statements show the same', fault: agreementFault },
]

export const reopenRules: RulesOf<typeof reopenFault> = [
  { rule: 'a replica is what its disk holds', fault: reopenFault },
]

export const truthRules: RulesOf<typeof truthFault> = [
  { rule: 'nothing comes back that somebody had replaced', fault: truthFault },
]
