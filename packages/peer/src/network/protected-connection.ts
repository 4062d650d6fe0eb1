import type { AbortOptions, MultiaddrConnection } from '@libp2p/interface'
import { AbstractMultiaddrConnection } from '@libp2p/utils'
import type { SendResult } from '@libp2p/utils'
import { greeting, openingBytes } from './keyring.js'
import { keyStream, nonceBytes } from './salsa.js'
import type { KeyStream } from './salsa.js'

interface ProtectedOptions {
  readonly connection: MultiaddrConnection
  readonly outbound: KeyStream
  /** What turns bytes from outside into plain ones; some of them may have been read already. */
  readonly inbound: (bytes: Uint8Array) => Uint8Array
  readonly first: Uint8Array
}

/**
 * A connection whose bytes pass through key streams, both ways. libp2p asks for an heir of its own
 * class here; everything that can be told apart from that is a function beside it.
 */
export class ProtectedConnection extends AbstractMultiaddrConnection {
  readonly #connection: MultiaddrConnection
  readonly #outbound: KeyStream

  constructor({ connection, outbound, inbound, first }: ProtectedOptions) {
    const { remoteAddr, direction, log } = connection
    super({ remoteAddr, direction, log: log.newScope('network-key') })
    this.#connection = connection
    this.#outbound = outbound
    this.onData(first)
    connection.addEventListener('message', ({ data }) => {
      try {
        this.onData(inbound(data.subarray()))
      } catch (error) {
        this.abort(error as Error)
      }
    })
    connection.addEventListener('drain', () => this.onMuxerDrain())
    connection.addEventListener('remoteCloseWrite', () => this.onRemoteCloseWrite())
    connection.addEventListener('close', (end) => {
      if (end.error === undefined) this.onTransportClosed()
      else if (end.local === true) this.abort(end.error)
      else this.onRemoteReset()
    })
  }

  override sendData(data: { readonly byteLength: number; subarray(): Uint8Array }): SendResult {
    return {
      sentBytes: data.byteLength,
      canSendMore: this.#connection.send(this.#outbound(data.subarray())),
    }
  }

  override async sendClose(options?: AbortOptions): Promise<void> {
    await this.#connection.close(options)
  }

  override sendReset(error: Error): void {
    this.#connection.abort(error)
  }

  override sendPause(): void {
    this.#connection.pause()
  }

  override sendResume(): void {
    this.#connection.resume()
  }
}

interface Answers {
  readonly answered: () => void
}

/**
 * For whoever dials: the answer begins with a nonce and, under the same key, the greeting. Anything
 * else is no answer.
 */
export function answerReader(key: Uint8Array, { answered }: Answers): KeyStream {
  let opening = new Uint8Array(0)
  let stream: KeyStream | undefined
  return (bytes) => {
    if (stream !== undefined) return stream(bytes)
    opening = Buffer.concat([opening, bytes])
    if (opening.length < openingBytes) return new Uint8Array(0)
    stream = keyStream(key, opening.slice(0, nonceBytes))
    const plain = stream(opening.subarray(nonceBytes))
    if (Buffer.compare(plain.subarray(0, greeting.length), greeting) !== 0) {
      throw new Error('whoever answers there has another network key')
    }
    answered()
    return plain
  }
}
