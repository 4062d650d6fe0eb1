import { MeshError } from '@grapevine/core'

/** What one API takes from its callers, all together; whatever is beyond is refused before it is read. */
export interface ServeLimits {
  readonly connectionsMax: number
  readonly headerBytesMax: number
  /** That of a large release; what is smaller by nature has a smaller limit where it is read. */
  readonly bodyBytesMax: number
  /** From the first byte of a request to the last of its head. */
  readonly headMs: number
  /** From the first byte of a request to its last. */
  readonly requestMs: number
  /** What is still under way when the API closes is given so long. */
  readonly drainMs: number
}

const serveLimits: ServeLimits = {
  connectionsMax: 256,
  headerBytesMax: 16 * 1024,
  bodyBytesMax: 8 * 1024 * 1024,
  headMs: 5_000,
  requestMs: 30_000,
  drainMs: 2_000,
}

/** Those that are not given are as they are here. */
export function limitsOf(given: Partial<ServeLimits> = {}): ServeLimits {
  const limits = { ...serveLimits, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw invalid(name, `${name} of the API is ${String(value)}: write a whole number above 0`)
    }
  }
  if (limits.headMs <= limits.requestMs) return limits
  throw invalid(
    'headMs',
    `headMs of the API is ${limits.headMs}, and requestMs ${limits.requestMs}: a head ends before its request`,
  )
}

const invalid = (option: string, message: string): MeshError =>
  new MeshError('OPTION_INVALID', message, { option })
