const lineBytes = 16

/** As in a dump: where, the bytes, and the letters they would be. */
export function hexLines(bytes: Uint8Array, bytesMax: number): readonly string[] {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, bytesMax); at += lineBytes) {
    const part = Array.from(bytes.subarray(at, at + lineBytes))
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const letters = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·'))
    lines.push(
      `${at.toString(16).padStart(4, '0')}  ${hex.padEnd(lineBytes * 3)} ${letters.join('')}`,
    )
  }
  if (bytes.length > bytesMax) lines.push(`… ${bytes.length - bytesMax} more`)
  return lines
}
