/** Of whatever a peer refused or a network lost: what failed and what to do, as it was said. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error) || error.message === '') return 'the line ended'
  // Browsers have words of their own for these, and no two the same.
  if (error.name === 'AbortError') return 'nothing was heard of it for too long'
  if (error instanceof TypeError) return 'nobody answers at its address'
  return error.message
}

/** Whoever asked showed no token, or one that does not count. */
export const isLocked = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'NOT_ALLOWED'
