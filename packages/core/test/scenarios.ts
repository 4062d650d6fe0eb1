import { type Scenario } from './scenario.js'
import { counterexamples } from './scenarios/counterexamples.js'
import { lies } from './scenarios/lies.js'
import { lifted } from './scenarios/lifted.js'
import { receipts } from './scenarios/receipts.js'
import { revocation } from './scenarios/revocation.js'
import { snapshots } from './scenarios/snapshots.js'
import { stores } from './scenarios/stores.js'
import { trust } from './scenarios/trust.js'
import { trustIntents } from './scenarios/trust-intents.js'
import { trustAdmins } from './scenarios/trust-admins.js'
import { trustRevocation } from './scenarios/trust-revocation.js'
import { trustStrays } from './scenarios/trust-strays.js'
import { waiting } from './scenarios/waiting.js'
import { writing } from './scenarios/writing.js'

/** Every scenario that must hold; the same list runs on copies of the library with a planted bug. */
export const scenarios: readonly Scenario[] = [
  ...counterexamples,
  ...writing,
  ...waiting,
  ...stores,
  ...revocation,
  ...snapshots,
  ...receipts,
  ...lies,
  ...lifted,
  ...trust,
  ...trustIntents,
  ...trustRevocation,
  ...trustStrays,
  ...trustAdmins,
]
