/** What a dialer says first, so that one port can lead to everybody: who dials, and which port. */
interface Preamble {
  /** The number of the peer that dials. */
  readonly from: number
  readonly port: number
}

export const preambleOf = ({ from, port }: Preamble): string => `${from} ${port}\n`

/** Longer than any of ours. */
export const preambleBytesMax = 32

/** undefined: nobody of ours says that. */
export function readPreamble(line: string): Preamble | undefined {
  const [, from, port] = /^(\d{1,4}) (\d{1,5})$/.exec(line) ?? []
  return from === undefined ? undefined : { from: Number(from), port: Number(port) }
}
