import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { filledKey } from './adapter.ts'
import type { Client, Site, System, Told } from './adapter.ts'
import { payloadBytes, signatureBytes } from './payload.ts'

/** Key and value, and what tells them apart. */
const textBytes = payloadBytes + 1
const frameBytesOf = (isSigned: boolean): number => textBytes + (isSigned ? signatureBytes : 0)
const settings = {
  write: 'one file of one process, fsync before it answers; nobody else has a copy',
  read: 'Map.get in the same process',
  watch: 'one TCP connection for each watcher, written to by the publisher',
}

/** What the machine itself takes: no system that does this work can do it in less. */
export const floor: System = {
  name: 'floor',
  title: 'floor',
  kind: 'floor',
  settings,
  missing: async () => undefined,
  version: async () => `Node ${process.version}`,
  open: (site) => openFloor(site, false),
  cannot: Object.fromEntries(
    ['memory', 'join', 'cold-1k', 'cold-100k'].map((work) => [work, 'it keeps nothing']),
  ),
}

/** The same where nobody trusts the way: each update is signed, and each receiver verifies it. */
export const signedFloor: System = {
  ...floor,
  name: 'signed-floor',
  title: 'signed floor',
  settings: {
    ...settings,
    write: `${settings.write}; one Ed25519 signature`,
    watch: `${settings.watch}; each verifies one Ed25519 signature`,
  },
  open: (site) => openFloor(site, true),
}

const openFloor = (site: Site, isSigned: boolean): Promise<Client> =>
  site.index === 0 ? openPublisher(site, isSigned) : openWatcher(site, isSigned)

async function openPublisher({ folder }: Site, isSigned: boolean): Promise<Client> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)),
    )
    // Whatever a watcher says comes back.
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const held = new Map<string, string>()
  const file = openSync(join(folder, 'floor'), 'a')
  const framed = (key: string, value: string): Buffer => {
    const frame = Buffer.alloc(frameBytesOf(isSigned))
    frame.write(`${key} ${value}`, 0, textBytes, 'latin1')
    if (isSigned) sign(null, frame.subarray(0, textBytes), privateKey).copy(frame, textBytes)
    return frame
  }
  const der = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  return {
    place: [String(port), der],
    async linked(count) {
      while (sockets.size < count - 1) await once(server, 'connection')
    },
    read: (key) => held.get(key),
    async write(key, value) {
      writeSync(file, framed(key, value))
      fsyncSync(file)
      held.set(key, value)
    },
    async publish(key, value) {
      const frame = framed(key, value)
      for (const socket of sockets) socket.write(frame)
    },
    async watch() {},
    async fill(keys) {
      for (let index = 0; index < keys; index++) held.set(filledKey(index), 'filled')
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      closeSync(file)
      server.close()
      await once(server, 'close')
    },
  }
}

async function openWatcher({ first }: Site, isSigned: boolean): Promise<Client> {
  const [port, der] = first as [string, string]
  const publicKey = createPublicKey({
    key: Buffer.from(der, 'base64'),
    type: 'spki',
    format: 'der',
  })
  const socket = connect({ port: Number(port), noDelay: true })
  await once(socket, 'connect')
  socket.on('error', () => socket.destroy())
  let echoed: (() => void) | undefined
  const isSound = (frame: Buffer): boolean =>
    !isSigned || verify(null, frame.subarray(0, textBytes), publicKey, frame.subarray(textBytes))
  return {
    place: [],
    read: () => undefined,
    write: () => Promise.reject(new Error('a watcher of the floor does not write')),
    async watch(_prefix, told) {
      onFrames(socket, frameBytesOf(isSigned), (frame) => {
        if (frame[0] === pingByte) echoed?.()
        else if (isSound(frame)) tell(frame, told)
      })
    },
    async roundTrip() {
      const answered = new Promise<void>((resolve) => (echoed = resolve))
      socket.write(Buffer.alloc(frameBytesOf(isSigned), pingByte))
      await answered
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
      if (!socket.closed) await once(socket, 'close')
    },
  }
}

const pingByte = 0xff

function onFrames(socket: Socket, frameBytes: number, take: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (; at + frameBytes <= bytes.length; at += frameBytes) {
      take(bytes.subarray(at, at + frameBytes))
    }
    rest = bytes.subarray(at)
  })
}

function tell(frame: Buffer, told: Told): void {
  const text = frame.toString('latin1', 0, textBytes)
  const space = text.indexOf(' ')
  const end = text.indexOf('\0')
  told(text.slice(0, space), text.slice(space + 1, end === -1 ? undefined : end))
}
