import type { Bench } from '../measure.ts'
import { footprint } from './peer/footprint.ts'
import { idling } from './peer/idling.ts'
import { opening } from './peer/opening.ts'
import { reads } from './peer/reads.ts'
import { separately } from './peer/separately.ts'
import { copies, spreading } from './peer/spreading.ts'
import { writes } from './peer/writes.ts'

/** Real peers, over TCP on this machine and on its disk. */
export const bench: readonly Bench[] = [
  reads,
  writes,
  spreading,
  separately,
  copies,
  idling,
  opening,
  footprint,
]
