import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startProxy } from './proxy.ts'
import type { Proxy } from './proxy.ts'
import { until } from './until.ts'

let echo: Server
let proxy: Proxy
const clients: Socket[] = []

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await startProxy((echo.address() as AddressInfo).port)
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await proxy.close()
  echo.close()
})

interface Client {
  readonly socket: Socket
  readonly heard: () => string
  readonly isClosed: () => boolean
}

function dial(): Client {
  const socket = connect(proxy.port, '127.0.0.1')
  let heard = ''
  let isClosed = false
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
  })
  clients.push(socket)
  return { socket, heard: () => heard, isClosed: () => isClosed }
}

const hears = ({ heard }: Client, text: string): Promise<number> =>
  until(() => (heard() === text ? undefined : `it has heard "${heard()}", not "${text}"`), 5_000)

const closes = ({ isClosed }: Client): Promise<number> =>
  until(() => (isClosed() ? undefined : 'it is still open'), 5_000)

describe('a proxy', () => {
  it('passes on what it is given, and the end of it', async () => {
    const client = dial()
    client.socket.end('hello')
    await hears(client, 'hello')
    await closes(client)
    expect(proxy.connections()).toBe(0)
  })

  it('takes its time where it is slow, and keeps the order', async () => {
    proxy.weather({ delayMs: 50 })
    const client = dial()
    for (const text of ['one ', 'two ', 'three']) client.socket.write(text)
    expect(await hears(client, 'one two three')).toBeGreaterThan(90)
  })

  it('says nothing while it is silent, and goes on afterwards', async () => {
    const client = dial()
    client.socket.write('before ')
    await hears(client, 'before ')
    proxy.weather({ state: 'silent' })
    client.socket.write('after')
    const other = dial()
    await once(other.socket, 'connect')
    expect([client.heard(), client.isClosed(), other.isClosed()]).toEqual(['before ', false, false])
    proxy.weather({ state: 'clear' })
    await hears(client, 'before after')
  })

  it('keeps from one end, while it is silent, that the other is gone', async () => {
    const client = dial()
    client.socket.write('hello')
    await hears(client, 'hello')
    proxy.weather({ state: 'silent' })
    client.socket.destroy()
    const other = dial()
    await once(other.socket, 'connect')
    expect(proxy.connections()).toBe(2)
    proxy.weather({ state: 'clear' })
    await until(() => (proxy.connections() === 1 ? undefined : 'the other end was not told'), 5_000)
  })

  it('resets connections and refuses new ones while it is down', async () => {
    const client = dial()
    client.socket.write('hello')
    await hears(client, 'hello')
    proxy.weather({ state: 'down' })
    await closes(client)
    await closes(dial())
    expect(proxy.refused()).toBe(1)
  })

  it('cuts a connection after a number of bytes, in the middle of whatever that is', async () => {
    proxy.weather({ cutAfterBytes: () => 8 })
    const client = dial()
    client.socket.write('hello, hello')
    await closes(client)
    expect(client.heard()).toBe('')
  })
})
