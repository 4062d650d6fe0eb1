/** What lies on a line, until it is told otherwise. */
export interface Weather {
  /** `down`: connections are cut and new ones refused. `silent`: nothing gets through, and nobody is told. */
  readonly state: 'clear' | 'down' | 'silent'
  readonly delayMs: number
  /** Up to so much on top, by chance; nothing overtakes anything. */
  readonly jitterMs: number
  /** Of what is sent; it is sent again a moment later, and all behind it waits: so TCP shows a loss. */
  readonly lossShare: number
  /** Infinity: as fast as it goes. */
  readonly bytesPerSecond: number
  /** A new connection is cut after so many bytes: wherever that is. */
  readonly cutAfterBytes: () => number
}

export const clear: Weather = {
  state: 'clear',
  delayMs: 0,
  jitterMs: 0,
  lossShare: 0,
  bytesPerSecond: Infinity,
  cutAfterBytes: () => Infinity,
}

/** What TCP waits at least before it sends again; twice as long each time. */
const sendAgainMs = 200
const sendAgainMsMax = 6_400

/** All that one piece can lose. */
const sendAgainMsSum = 2 * sendAgainMsMax - sendAgainMs

/** No piece is under way longer than this. */
export const longestWayMs = ({ delayMs, jitterMs, lossShare }: Weather): number =>
  delayMs + jitterMs + (lossShare > 0 ? sendAgainMsSum : 0)

/** How long one piece is under way. */
export function wayMs({ delayMs, jitterMs, lossShare }: Weather, random: () => number): number {
  let ms = delayMs + (jitterMs > 0 ? jitterMs * random() : 0)
  let againMs = sendAgainMs
  if (lossShare === 0) return ms
  while (againMs <= sendAgainMsMax && random() < lossShare) {
    ms += againMs
    againMs *= 2
  }
  return ms
}
