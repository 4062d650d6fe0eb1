import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { preambleOf } from './preamble.js'
import { openSwitchboard } from './switchboard.js'
import type { Switchboard } from './switchboard.js'
import { clear, longestWayMs, wayMs } from './weather.js'

const echoes: Server[] = []
const clients: Socket[] = []
let ports: readonly number[] = []
let board: Switchboard

/** Three peers that repeat what they hear. */
beforeEach(async () => {
  for (let count = 0; count < 3; count++) {
    const echo = createServer((socket) => {
      socket.on('error', () => {})
      socket.pipe(socket)
    })
    echo.listen(0, '127.0.0.1')
    await once(echo, 'listening')
    echoes.push(echo)
  }
  ports = echoes.map((echo) => (echo.address() as AddressInfo).port)
  board = await openSwitchboard(ports)
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await board.close()
  for (const echo of echoes.splice(0)) echo.close()
})

function dial(said: string) {
  const socket = connect(board.port, '127.0.0.1')
  const client = { socket, heard: '', isClosed: false }
  socket.setEncoding('utf8').on('data', (text: string) => {
    client.heard += text
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    client.isClosed = true
  })
  clients.push(socket)
  socket.write(said)
  return client
}

const from = (number: number, to: number): string =>
  preambleOf({ from: number, port: ports[to - 1]! })

const soon = async (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 20_000 })

describe('the switchboard', () => {
  it('leads to whom is meant, and knows who dialed', async () => {
    const client = dial(`${from(1, 2)}hello`)
    await soon(() => expect(client.heard).toBe('hello'))
    expect([board.connections(1, 2), board.connections(2, 1)]).toEqual([1, 0])
    client.socket.end()
    await soon(() => expect(board.connections(1, 2)).toBe(0))
  })

  it('hears a preamble that comes in pieces, and keeps nothing of what follows', async () => {
    const said = from(1, 3)
    const client = dial(said.slice(0, 2))
    await once(client.socket, 'connect')
    client.socket.write(said.slice(2))
    client.socket.write('one')
    await soon(() => expect(client.heard).toBe('one'))
  })

  it.each(['4 1\n', 'GET / HTTP/1.1\n', `1 ${'9'.repeat(40)}`, '0 80\n'])(
    'sends away who says %j',
    async (said) => {
      const client = dial(said)
      await soon(() => expect(client.isClosed).toBe(true))
      expect(client.heard).toBe('')
    },
  )

  it('cuts one line both ways, and no other', async () => {
    const [cut, same, other] = [dial(from(1, 2)), dial(from(2, 1)), dial(from(1, 3))]
    for (const client of [cut, same, other]) client.socket.write('a')
    await soon(() => expect([cut.heard, same.heard, other.heard]).toEqual(['a', 'a', 'a']))
    board.weather(2, 1, { state: 'down' })
    await soon(() => expect([cut.isClosed, same.isClosed]).toEqual([true, true]))
    const again = dial(from(1, 2))
    await soon(() => expect(again.isClosed).toBe(true))
    other.socket.write('b')
    await soon(() => expect(other.heard).toBe('ab'))
  })

  it('keeps what is sent in silence until that is over', async () => {
    const client = dial(`${from(1, 2)}before `)
    await soon(() => expect(client.heard).toBe('before '))
    board.weather(1, 2, { state: 'silent' })
    client.socket.write('after')
    const other = dial(`${from(1, 3)}x`)
    await soon(() => expect(other.heard).toBe('x'))
    expect([client.heard, client.isClosed]).toEqual(['before ', false])
    board.weather(1, 2, { state: 'clear' })
    await soon(() => expect(client.heard).toBe('before after'))
  })

  it('has weather on a line that nobody has dialed yet', async () => {
    board.weather(1, 2, { state: 'down' })
    const client = dial(from(1, 2))
    await soon(() => expect(client.isClosed).toBe(true))
  })

  it('delays what it carries, and keeps the order', async () => {
    board.weather(1, 2, { delayMs: 60 })
    const began = performance.now()
    const client = dial(`${from(1, 2)}one `)
    client.socket.write('two')
    await soon(() => expect(client.heard).toBe('one two'))
    // There and back.
    expect(performance.now() - began).toBeGreaterThanOrEqual(119)
  })

  it('keeps nothing back for longer than the weather of now does', async () => {
    board.weather(1, 2, { delayMs: 3_600_000 })
    const late = dial(`${from(1, 2)}late`)
    board.weather(1, 3, { bytesPerSecond: 0.001 })
    const slow = dial(`${from(1, 3)}slow`)
    await soon(() => expect([board.connections(1, 2), board.connections(1, 3)]).toEqual([1, 1]))
    board.weather(1, 2, { delayMs: 30 })
    board.weather(1, 3, { bytesPerSecond: Infinity })
    await soon(() => expect([late.heard, slow.heard]).toEqual(['late', 'slow']))
  })

  it('loses nothing on a lossy line: what is lost comes later', async () => {
    board.weather(1, 2, { lossShare: 0.5 })
    const client = dial(from(1, 2))
    const words = ['a', 'b', 'c', 'd']
    for (const word of words) client.socket.write(word)
    await soon(() => expect(client.heard).toBe('abcd'))
  })
})

describe('the way over a line', () => {
  it('takes longer by each loss, twice as long each time', () => {
    const losses = [0.1, 0.1, 0.9]
    const way = wayMs({ ...clear, delayMs: 10, lossShare: 0.5 }, () => losses.shift()!)
    expect(way).toBe(10 + 200 + 400)
  })

  it('is never longer than the longest', () => {
    const weather = { ...clear, delayMs: 10, jitterMs: 5, lossShare: 1 }
    expect(wayMs(weather, () => 0.999)).toBeLessThanOrEqual(longestWayMs(weather))
    expect(longestWayMs(clear)).toBe(0)
  })

  it('takes no chance where there is none', () => {
    const never = (): number => {
      throw new Error('asked')
    }
    expect(wayMs({ ...clear, delayMs: 7 }, never)).toBe(7)
  })
})
