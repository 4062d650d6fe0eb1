import type { FrameStream } from './frame-stream.js'
import {
  decodeHello,
  decodeRefusal,
  encodeHello,
  encodeRefusal,
  guardedHello,
  helloBytesMax,
  strangeness,
} from './hello.js'
import type { Hello, Strangeness } from './hello.js'
import { Malformed } from '@grapevine/core'
import type { Admission } from './network.js'

/** How an introduction can end. Until it ends in `welcome`, nothing else of a connection counts. */
export type Outcome =
  | { readonly is: 'welcome'; readonly hello: Hello }
  | ({ readonly is: 'strange' } & Strangeness)
  /** The other side takes this one for a stranger. */
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'malformed'; readonly why: string }
  /** It was closed: the other side has, or wants, another connection with this peer. */
  | { readonly is: 'unwelcome' }

export interface Manners {
  readonly own: Hello
  /** undefined: the mesh is open, and whoever names it is welcome. */
  readonly admit: ((badge: readonly Uint8Array[]) => Admission) | undefined
}

/**
 * Whoever dialed speaks first. In a closed mesh it shows its badge, and says the rest once the other
 * side has shown a good one.
 */
export async function introduceSelf(stream: FrameStream, manners: Manners): Promise<Outcome> {
  const { own, admit } = manners
  stream.send(encodeHello(admit === undefined ? own : guardedHello(own)))
  const outcome = await read(stream, manners)
  if (admit === undefined) return outcome
  if (outcome.is === 'welcome') stream.send(encodeHello(own))
  if (outcome.is === 'strange') stream.send(encodeRefusal(outcome.why))
  return outcome
}

/** Whoever was dialed answers once it knows that it wants this connection. */
export async function beIntroduced(
  stream: FrameStream,
  manners: Manners,
  isWanted: (hello: Hello) => Promise<boolean>,
): Promise<Outcome> {
  const { own, admit } = manners
  const first = await read(stream, manners)
  if (first.is === 'welcome' && !(await isWanted(first.hello))) return { is: 'unwelcome' }
  if (admit === undefined) {
    // A stranger is told as well who is here, so that its people learn what is wrong.
    if (first.is === 'welcome' || first.is === 'strange') stream.send(encodeHello(own))
    return first
  }
  if (first.is === 'strange') stream.send(encodeRefusal(first.why))
  if (first.is !== 'welcome') return first
  stream.send(encodeHello(own))
  return readRest(stream, manners, first.hello)
}

/** The badge was good: now the other side says the rest, or why it refuses ours. */
async function readRest(stream: FrameStream, manners: Manners, first: Hello): Promise<Outcome> {
  const rest = await read(stream, { ...manners, admit: undefined })
  if (rest.is !== 'welcome') return rest
  if (rest.hello.introduction.instance !== first.introduction.instance) {
    return { is: 'malformed', why: 'it is of another process than the one before it' }
  }
  return { is: 'welcome', hello: { ...rest.hello, badge: first.badge } }
}

async function read(stream: FrameStream, { own, admit }: Manners): Promise<Outcome> {
  try {
    const { value: bytes } = await stream.frames.next()
    if (bytes === undefined) return { is: 'unwelcome' }
    if (bytes.length > helloBytesMax) throw new Malformed(`it is ${bytes.length} bytes long`)
    const why = decodeRefusal(bytes)
    if (why !== undefined) return { is: 'refused', why }
    const hello = decodeHello(bytes)
    const strange = strangeness(own, hello)
    if (strange !== undefined) return { is: 'strange', ...strange }
    const admission = admit?.(hello.badge)
    if (admission?.is === 'stranger') {
      return { is: 'strange', notice: 'stranger', why: admission.why }
    }
    return { is: 'welcome', hello }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    return { is: 'malformed', why: error.message }
  }
}
