import type { Bench } from '../measure.ts'
import { checks } from './trust/checks.ts'
import { hostile } from './trust/hostile.ts'
import { outsiders } from './trust/outsiders.ts'
import { revoking } from './trust/revoking.ts'
import { verifying } from './trust/verifying.ts'

/** What it costs that everybody looks at everything himself: real peers of a closed mesh, over TCP. */
export const bench: readonly Bench[] = [checks, verifying, outsiders, hostile, revoking]
