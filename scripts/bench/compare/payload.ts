/** What every update carries: key and value together, as a small setting would. */
export const payloadBytes = 200
export const signatureBytes = 64

/** A value that tells itself apart from others, as long as the payload leaves room for. */
export const valueFor = (key: string, mark: string): string =>
  mark.padEnd(Math.max(mark.length, payloadBytes - key.length), '.')
