import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import { decode, encode } from 'it-length-prefixed'
import { Malformed } from '@grapevine/core'

/**
 * Frames over one stream, with pressure back in both directions. What cannot be written waits in a
 * queue with an end; what cannot be handled yet is not read, so that the sender's window closes.
 */
export interface FrameStream {
  /** Whether a frame of that size can be sent, or too much waits already. */
  takes(this: void, frameBytes: number): boolean
  send(this: void, frame: Uint8Array): void
  /** When bytes last came, or could go on after they could not. */
  movedMs(this: void): number
  /** One after another: the next is read only when it is asked for. */
  readonly frames: AsyncGenerator<Uint8Array, void>
}

interface FrameStreamOptions {
  /** Asked at each frame: a stranger may say less. */
  readonly frameBytesMax: () => number
  readonly queueBytesMax: number
  readonly stallMs: number
  /** Nothing could be written for that long. */
  readonly onStall: () => void
}

/** Small enough that a slow line is seen to move. */
const sliceBytes = 16 * 1024
/** What keeping a slice costs beside its bytes. */
const sliceCost = 64

export function frameStream(stream: Stream, options: FrameStreamOptions): FrameStream {
  let movedMs = performance.now()
  const onMove = (): void => {
    movedMs = performance.now()
  }
  const frames = framesOf(stream, options.frameBytesMax, onMove)
  stream.addEventListener('drain', onMove)
  return { ...sender(stream, options), frames, movedMs: () => movedMs }
}

async function* framesOf(
  stream: Stream,
  frameBytesMax: () => number,
  onMove: () => void,
): AsyncGenerator<Uint8Array, void> {
  const onLength = (length: number): void => {
    if (length <= frameBytesMax()) return
    throw new Malformed(`it announced a frame of ${length} bytes, the limit is ${frameBytesMax()}`)
  }
  // A copy: a view would keep the whole chunk it came in alive, for as long as the replica holds it.
  for await (const frame of decode(chunksOf(stream, onMove), {
    maxDataLength: Infinity,
    onLength,
  })) {
    yield frame.slice()
  }
}

/**
 * The stream's own iterator takes in all that comes while its consumer is busy. This one holds the
 * stream still until what came was taken.
 */
export async function* chunksOf(
  stream: Stream,
  onMove: () => void = () => {},
): AsyncGenerator<Uint8Array, void> {
  const inbox = openInbox(stream)
  try {
    for (;;) {
      const { chunks, isEnd } = await inbox.next()
      onMove()
      yield* chunks
      if (isEnd) return
    }
  } finally {
    inbox.close()
  }
}

interface Come {
  readonly chunks: readonly Uint8Array[]
  readonly isEnd: boolean
}

interface Inbox {
  /** What has come since it was last asked, as soon as there is something. */
  next(this: void): Promise<Come>
  close(this: void): void
}

/**
 * Its listeners are taken off one by one: under an abort signal Node 20 would keep the stream of
 * whoever never gets as far as closing it, and with it a whole connection.
 */
function openInbox(stream: Stream): Inbox {
  const state = { come: [] as Uint8Array[], isOpen: true, isResuming: false, wake: () => {} }
  const hold = (): void => attempt(() => stream.pause())
  const letGo = (): void => {
    // The stream takes a pause that comes while it lets go of what it held for the end of the pause.
    state.isResuming = true
    attempt(() => stream.resume())
    state.isResuming = false
    if (state.come.length > 0) hold()
  }
  const onMessage = (event: StreamMessageEvent): void => {
    state.come.push(event.data.subarray())
    if (!state.isResuming) hold()
    state.wake()
  }
  const onEnd = (): void => {
    state.isOpen = false
    state.wake()
  }
  stream.addEventListener('message', onMessage)
  stream.addEventListener('close', onEnd)
  stream.addEventListener('remoteCloseWrite', onEnd)

  return {
    async next() {
      // At the end, too: what was held back came before it.
      letGo()
      if (state.come.length === 0 && state.isOpen) {
        await new Promise<void>((resolve) => {
          state.wake = resolve
        })
      }
      const chunks = state.come
      state.come = []
      return { chunks, isEnd: chunks.length === 0 && !state.isOpen }
    },
    close() {
      stream.removeEventListener('message', onMessage)
      stream.removeEventListener('close', onEnd)
      stream.removeEventListener('remoteCloseWrite', onEnd)
    },
  }
}

function sender(stream: Stream, options: FrameStreamOptions): Pick<FrameStream, 'takes' | 'send'> {
  const { queueBytesMax, stallMs, onStall } = options
  const state = { queue: [] as Uint8Array[], bytes: 0, isBlocked: false }
  let stalled: NodeJS.Timeout | undefined

  const block = (): void => {
    state.isBlocked = true
    clearTimeout(stalled)
    stalled = setTimeout(onStall, stallMs).unref()
  }
  const flush = (): void => {
    let count = 0
    for (const slice of state.queue) {
      if (state.isBlocked) break
      count += 1
      state.bytes -= slice.length + sliceCost
      if (!write(stream, slice)) block()
    }
    if (count > 0) state.queue = state.queue.slice(count)
  }
  stream.addEventListener('drain', () => {
    clearTimeout(stalled)
    state.isBlocked = false
    flush()
  })
  stream.addEventListener('close', () => {
    clearTimeout(stalled)
    state.isBlocked = true
    state.queue = []
    state.bytes = 0
  })

  return {
    takes: (frameBytes) =>
      stream.status === 'open' && (state.bytes === 0 || state.bytes + frameBytes <= queueBytesMax),
    send(frame) {
      const bytes = encode.single(frame, { maxDataLength: Infinity }).subarray()
      for (let start = 0; start < bytes.length; start += sliceBytes) {
        const slice = bytes.subarray(start, start + sliceBytes)
        state.queue.push(slice)
        state.bytes += slice.length + sliceCost
      }
      flush()
    },
  }
}

/** Whether the stream takes more. One that is closing throws; its end is told where it is read. */
function write(stream: Stream, bytes: Uint8Array): boolean {
  try {
    return stream.send(bytes)
  } catch {
    return false
  }
}

/** A stream that ends in between is no error: whoever reads it hears of the end. */
function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // See above.
  }
}
