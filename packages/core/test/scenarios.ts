import { type Scenario } from './scenario.js'
import { counterexamples } from './scenarios/counterexamples.js'
import { lies } from './scenarios/lies.js'
import { lifted } from './scenarios/lifted.js'
import { receipts } from './scenarios/receipts.js'
import { revocation } from './scenarios/revocation.js'
import { snapshots } from './scenarios/snapshots.js'
import { stores } from './scenarios/stores.js'
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
]
