import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface'
import { createBudget } from './budget.js'
import type { Budgets } from './budget.js'

/**
 * Stands before the muxer of each connection: reads the heads of its frames as they come, and holds the
 * whole connection still where more comes than it may. The muxer itself would gather a frame of any
 * length before it looks at it, and answer pings without end to whoever does not read.
 */
export const guardedMuxer =
  <Components>(
    make: (components: Components) => StreamMuxerFactory,
    budgets: MuxerBudgets,
    frameBytesMax: number,
  ) =>
  (components: Components): StreamMuxerFactory => {
    const factory = make(components)
    return {
      protocol: factory.protocol,
      createStreamMuxer(stream) {
        // First of all who listen: what it holds back is not heard by the muxer.
        guard(stream, budgets, frameBytesMax)
        return factory.createStreamMuxer(stream)
      },
    }
  }

type MuxerBudgets = Pick<Budgets, 'connectionBytes' | 'connectionFrames'>

/** What waits here to be written beside the windows of streams is only small answers. */
const unwrittenBytesMax = 16 * 1024 * 1024

function guard(stream: MessageStream, budgets: MuxerBudgets, frameBytesMax: number): void {
  const bytes = createBudget(budgets.connectionBytes)
  const frames = createBudget(budgets.connectionFrames)
  const countFrames = frameCounter(frameBytesMax)
  const isLongTurn = turnCounter()
  const hold = createBrake(stream)
  stream.addEventListener('message', (event) => {
    const count = countFrames(event.data.subarray())
    if (count === undefined || stream.writeBufferLength > unwrittenBytesMax) {
      event.stopImmediatePropagation()
      const why = count === undefined ? 'a frame of it is too long' : 'it reads nothing'
      return stream.abort(new Error(why))
    }
    const waitMs = Math.max(bytes.spend(event.data.byteLength), frames.spend(count))
    const isLong = isLongTurn(event.data.byteLength)
    if (waitMs > 0 || isLong) hold(waitMs)
  })
}

/** Holds a stream still for so long; for nothing: until others had their turn. */
function createBrake(stream: MessageStream): (waitMs: number) => void {
  const state = { isResuming: false, owedMs: -1 }
  let resuming: NodeJS.Timeout | undefined
  stream.addEventListener('close', () => clearTimeout(resuming))

  const goOn = (): void => {
    state.isResuming = true
    state.owedMs = -1
    attempt(() => stream.resume())
    state.isResuming = false
    if (state.owedMs >= 0) hold(state.owedMs)
  }
  const hold = (waitMs: number): void => {
    // A stream that lets go of what it held, and those below it, take a pause in the midst of that for
    // none, and would gather what comes until they break.
    if (state.isResuming) {
      state.owedMs = Math.max(state.owedMs, waitMs)
      return
    }
    attempt(() => stream.pause())
    clearTimeout(resuming)
    if (waitMs > 0) resuming = setTimeout(goOn, waitMs)
    else setImmediate(goOn)
  }
  return hold
}

/** A stream that ends just now throws; its end is told to whoever reads it. */
function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // See above.
  }
}

const turnBytes = 128 * 1024
const turnMs = 5

/** A connection that is full is read on and on; after so much, others have their turn. */
function turnCounter(): (bytes: number) => boolean {
  let sinceMs = 0
  let come = 0
  return (bytes) => {
    const now = performance.now()
    if (now - sinceMs > turnMs || come >= turnBytes) {
      sinceMs = now
      come = 0
    }
    come += bytes
    return come >= turnBytes
  }
}

const headBytes = 12
const typeAt = 1
const lengthAt = 8
const dataType = 0

/** How many frames begin in what came; undefined: one that is longer than any may be. */
export function frameCounter(frameBytesMax: number): (bytes: Uint8Array) => number | undefined {
  const head = Buffer.alloc(headBytes)
  let headFilled = 0
  let bodyLeft = 0
  return (bytes) => {
    let count = 0
    for (let at = 0; at < bytes.length;) {
      const skipped = Math.min(bodyLeft, bytes.length - at)
      bodyLeft -= skipped
      at += skipped
      const part = bytes.subarray(at, at + headBytes - headFilled)
      head.set(part, headFilled)
      headFilled += part.length
      at += part.length
      if (headFilled < headBytes) continue
      headFilled = 0
      count += 1
      // Only frames of data have a body; of others the field says something else.
      bodyLeft = head[typeAt] === dataType ? head.readUInt32BE(lengthAt) : 0
      if (bodyLeft > frameBytesMax) return undefined
    }
    return count
  }
}
