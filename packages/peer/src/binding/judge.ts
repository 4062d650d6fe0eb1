import type { Value } from '@grapevine/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { frozen, thawed } from '../api/plain.js'
import { faultText, shown } from '../api/shown.js'

/** What a schema says to a value. */
export type Judged<T> =
  | { readonly isValid: true; readonly value: T }
  | { readonly isValid: false; readonly faults: readonly Fault[] }

export interface Fault {
  /** From the bound key inwards. */
  readonly path: readonly string[]
  readonly message: string
}

/**
 * Asks a schema, which is code that is not ours: it gets a copy of its own, and whatever it does but
 * answer properly is a refusal. Answers at once where the schema does, else later.
 */
export function judge<T>(
  schema: StandardSchemaV1<unknown, T>,
  value: Value,
  answer: (judged: Judged<T>) => void,
): void {
  let result: unknown
  let isLater: boolean
  try {
    result = schema['~standard'].validate(thawed(value))
    isLater = typeof result === 'object' && result !== null && 'then' in result
  } catch (error) {
    return answer(refusal(error))
  }
  if (isLater)
    void Promise.resolve(result)
      .then(read<T>, refusal)
      .then(answer)
  else answer(read(result))
}

/** By the letter of Standard Schema: issues that are there, even none, are a refusal. */
function read<T>(result: unknown): Judged<T> {
  try {
    if (typeof result === 'object' && result !== null) {
      if ('issues' in result && Boolean(result.issues)) {
        return { isValid: false, faults: faultsOf(result.issues) }
      }
      if ('value' in result) return { isValid: true, value: frozen(result.value as T) }
    }
    return refusal(new Error(`the schema answered ${shown(result)}, neither a value nor issues`))
  } catch (error) {
    return refusal(error)
  }
}

const refusal = (
  error: unknown,
): { readonly isValid: false; readonly faults: readonly Fault[] } => ({
  isValid: false,
  faults: [{ path: [], message: faultText(error) }],
})

/** More than these would not fit into what the mesh is told. */
const faultsMax = 16

function faultsOf(issues: unknown): readonly Fault[] {
  const listed: unknown[] = Array.isArray(issues) ? Array.from(issues.slice(0, faultsMax)) : []
  const faults = listed.map((issue) => {
    const { message, path } = issue as { message: unknown; path: StandardSchemaV1.Issue['path'] }
    return { message: String(message), path: (path ?? []).map(nameOf) }
  })
  return faults.length > 0 ? faults : [{ path: [], message: 'the schema does not say why' }]
}

const nameOf = (segment: PropertyKey | StandardSchemaV1.PathSegment): string =>
  String(typeof segment === 'object' ? segment.key : segment)
