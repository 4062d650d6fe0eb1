import type { Connection, Stream } from '@libp2p/interface'
import type { LiveLink } from './link.js'
import type { Timing } from './timing.js'

/**
 * Whether the other side of a link is still there: whoever dialed sends a byte every few seconds, over
 * a stream of its own, and the other side sends it back. libp2p has the same for any connection, but
 * opens and negotiates a stream each time, for twenty times the bytes, and takes a pause of this very
 * process for the death of all others.
 */
export interface Pulse {
  /** A link was made: its beat begins. */
  begin(this: void, link: LiveLink): void
  /** A stream of this protocol was opened by whoever dialed. */
  accept(this: void, stream: Stream, connection: Connection): void
  stop(this: void): void
}

export const pulseProtocol = '/grapevine/pulse/1'

interface PulseOptions {
  readonly timing: Timing
  readonly links: () => readonly LiveLink[]
  readonly dead: (link: LiveLink) => void
  /** Whether its introduction is under way, and has gone well so far. */
  readonly mayWait: (connection: Connection) => boolean
}

interface Beat {
  heardMs: number
  sentMs: number
  /** Whether the byte that was sent last has come back. */
  isBack: boolean
  stream: Stream | undefined
}

const looksPerPulse = 5
/** More bytes than that at once are no beat. */
const bytesMax = 16

export function createPulse({ timing, links, dead, mayWait }: PulseOptions): Pulse {
  const beats = new WeakMap<Connection, Beat>()
  /** The other side may have made its link a moment before this one does. */
  const early = new WeakMap<Connection, Stream>()
  const lookMs = timing.pulseMs / looksPerPulse
  let expectedMs = performance.now() + lookMs

  const look = (): void => {
    const now = performance.now()
    // Nobody could be heard while this process stood still.
    const pauseMs = Math.max(0, now - expectedMs)
    expectedMs = now + lookMs
    for (const link of links()) {
      const beat = beats.get(link.connection)
      if (beat === undefined) continue
      beat.heardMs = Math.max(beat.heardMs + pauseMs, link.stream.movedMs())
      if (now - beat.heardMs > timing.deadMs) dead(link)
      else if (now - beat.sentMs >= timing.pulseMs) send(beat)
    }
  }
  const timer = setInterval(look, lookMs).unref()

  return {
    begin({ connection, isInbound }) {
      const now = performance.now()
      const beat: Beat = { heardMs: now, sentMs: now, isBack: true, stream: undefined }
      beats.set(connection, beat)
      const waiting = early.get(connection)
      if (waiting !== undefined) write(waiting)
      if (isInbound) return
      connection.newStream(pulseProtocol).then(
        (stream) => follow(stream, connection, beat),
        // Then nothing will be heard.
        () => {},
      )
    },
    accept(stream, connection) {
      if (!beats.has(connection) && !mayWait(connection)) return stream.abort(new Error('no link'))
      stream.addEventListener('message', ({ data }) => {
        const beat = beats.get(connection)
        const isUnread = stream.writeBufferLength > bytesMax
        if (data.byteLength > bytesMax || isUnread) return stream.abort(new Error('no beat'))
        if (beat === undefined) return void early.set(connection, stream)
        beat.heardMs = performance.now()
        write(stream)
      })
    },
    stop: () => clearInterval(timer),
  }
}

/** On the side that dialed: what comes back tells how long a trip takes, there and back. */
function follow(stream: Stream, connection: Connection, beat: Beat): void {
  beat.stream = stream
  stream.addEventListener('message', () => {
    beat.heardMs = performance.now()
    if (!beat.isBack) connection.rtt = beat.heardMs - beat.sentMs
    beat.isBack = true
  })
  send(beat)
}

function send(beat: Beat): void {
  if (beat.stream === undefined) return
  beat.sentMs = performance.now()
  beat.isBack = false
  write(beat.stream)
}

/** A stream that is closing throws; that nothing more is heard will tell. */
function write(stream: Stream): void {
  try {
    stream.send(Uint8Array.of(0))
  } catch {
    // See above.
  }
}
