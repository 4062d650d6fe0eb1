import { randomBytes } from 'node:crypto'
import type { ConnectionProtector, MessageStream, MultiaddrConnection } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { bareAddress, hostOf } from './addresses.js'
import { createBudget } from './budget.js'
import type { Budget, Rate } from './budget.js'
import type { Counters } from './counters.js'
import { greeting, openingBytes } from './keyring.js'
import type { Keyring } from './keyring.js'
import { ProtectedConnection, answerReader } from './protected-connection.js'
import { keyStream, nonceBytes } from './salsa.js'
import { createWaitingRoom } from './waiting-room.js'
import type { WaitingRoom } from './waiting-room.js'

interface ProtectorOptions {
  readonly keyring: Keyring
  readonly counters: Counters
  /** For so long whoever dialed may take to show that it has a key. */
  readonly knockMs: number
  readonly handshakes: Rate
}

interface Inside extends ProtectorOptions {
  readonly room: WaitingRoom
  readonly hosts: Map<string, Budget>
}

/** What comes before a key was shown is kept, and is no more than a greeting. */
const unreadBytesMax = 16 * 1024
const hostsMax = 10_000

/**
 * The first door. Every byte of a connection passes through XSalsa20 under a key that all members have,
 * and each side begins with a nonce, as in the private networks of libp2p. Unlike there, whoever is
 * dialed says nothing, not even its nonce, before the other has shown a key: who has none finds a port
 * that is open, and that hangs up. Who is there, and that nothing was bent on its way, is Noise's concern.
 */
export function protector(options: ProtectorOptions): () => ConnectionProtector {
  const inside: Inside = {
    ...options,
    room: createWaitingRoom(),
    hosts: new Map(),
  }
  return () => ({
    // Of a connection libp2p declares no more than its stream.
    protect: (stream: MessageStream) =>
      stream.direction === 'outbound'
        ? Promise.resolve(knock(inside, stream as MultiaddrConnection))
        : answer(inside, stream as MultiaddrConnection),
  })
}

function knock({ keyring }: Inside, connection: MultiaddrConnection): MessageStream {
  const address = bareAddress(connection.remoteAddr)
  const key = keyring.dialKey(address)
  if (key === undefined) throw new Error('this peer has no network key')
  const state = { isAnswered: false }
  const answered = (): void => {
    state.isAnswered = true
    keyring.answered(address)
  }
  connection.addEventListener('close', () => {
    if (!state.isAnswered) keyring.unanswered(address, key)
  })
  const nonce = randomBytes(nonceBytes)
  connection.send(nonce)
  return new ProtectedConnection({
    connection,
    outbound: keyStream(key, nonce),
    inbound: answerReader(key, { answered }),
    first: new Uint8Array(0),
  })
}

async function answer(inside: Inside, connection: MultiaddrConnection): Promise<MessageStream> {
  const { keyring, counters } = inside
  const host = hostOf(connection.remoteAddr.toString()) ?? ''
  const opened = keyring.open(await openingOf(inside, connection, host))
  if (opened === undefined) {
    counters.add('knocksRefused')
    throw new Error('it has no key of this network')
  }
  if (handshakesOf(inside, host).spend(1) > 0) {
    counters.add('knocksRefused')
    throw new Error('too many of its host come at once')
  }
  const nonce = randomBytes(nonceBytes)
  connection.send(nonce)
  return new ProtectedConnection({
    connection,
    outbound: keyStream(opened.key, nonce),
    inbound: opened.stream,
    first: greeting,
  })
}

/** The first bytes of whoever dialed, in time; it may have to make place before that. */
async function openingOf(
  { room, knockMs, counters }: Inside,
  connection: MultiaddrConnection,
  host: string,
): Promise<Uint8Array> {
  const end = (why: string) => (): void => {
    counters.add('knocksRefused')
    connection.abort(new Error(why))
  }
  const leave = room.enter(host, end('others wait'))
  const late = setTimeout(end('it showed no key'), knockMs)
  try {
    const bytes = byteStream(connection, { maxBufferSize: unreadBytesMax })
    const opening = await bytes.read({ bytes: openingBytes })
    bytes.unwrap()
    return opening.subarray()
  } finally {
    clearTimeout(late)
    leave()
  }
}

function handshakesOf({ hosts, handshakes }: Inside, host: string): Budget {
  const known = hosts.get(host)
  if (known !== undefined) return known
  const budget = createBudget(handshakes)
  if (hosts.size >= hostsMax) hosts.clear()
  hosts.set(host, budget)
  return budget
}
