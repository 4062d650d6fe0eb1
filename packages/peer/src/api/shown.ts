import { inspect } from 'node:util'

/** What a caller handed in, for the text of an error: short, and safe whatever it is. */
export const shown = (given: unknown): string =>
  inspect(given, { depth: 0, customInspect: false, maxStringLength: 80, breakLength: Infinity })

/** What was thrown at us, for the text of a notice; it need not be an Error. */
export function faultText(error: unknown): string {
  try {
    const message = (error as { readonly message?: unknown } | null | undefined)?.message
    return typeof message === 'string' ? message : shown(error)
  } catch {
    return 'something that cannot be shown'
  }
}
