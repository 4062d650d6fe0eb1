import type { FrameStream } from './frame-stream.js'
import { decodeHello, encodeHello, helloBytesMax, strangeness } from './hello.js'
import type { Hello, Strangeness } from './hello.js'
import { Malformed } from '@grapevine/core'

/** How an introduction can end. Until it ends in `welcome`, nothing else of a connection counts. */
export type Outcome =
  | { readonly is: 'welcome'; readonly hello: Hello }
  | ({ readonly is: 'strange' } & Strangeness)
  | { readonly is: 'malformed'; readonly why: string }
  /** It was closed: the other side has, or wants, another connection with this peer. */
  | { readonly is: 'unwelcome' }

/** Whoever dialed speaks first. */
export async function introduceSelf(stream: FrameStream, own: Hello): Promise<Outcome> {
  stream.send(encodeHello(own))
  return read(stream, own)
}

/** Whoever was dialed answers once it knows that it wants this connection. */
export async function beIntroduced(
  stream: FrameStream,
  own: Hello,
  isWanted: (hello: Hello) => Promise<boolean>,
): Promise<Outcome> {
  const outcome = await read(stream, own)
  if (outcome.is === 'welcome' && !(await isWanted(outcome.hello))) return { is: 'unwelcome' }
  // A stranger is told as well who is here, so that its people learn what is wrong.
  if (outcome.is === 'welcome' || outcome.is === 'strange') stream.send(encodeHello(own))
  return outcome
}

async function read(stream: FrameStream, own: Hello): Promise<Outcome> {
  try {
    const { value: bytes } = await stream.frames.next()
    if (bytes === undefined) return { is: 'unwelcome' }
    if (bytes.length > helloBytesMax) throw new Malformed(`it is ${bytes.length} bytes long`)
    const hello = decodeHello(bytes)
    const strange = strangeness(own, hello)
    return strange === undefined ? { is: 'welcome', hello } : { is: 'strange', ...strange }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    return { is: 'malformed', why: error.message }
  }
}
