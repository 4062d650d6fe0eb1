import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { openLine } from './line.js'
import type { Line } from './line.js'
import { preambleBytesMax, readPreamble } from './preamble.js'
import { sever } from './sever.js'
import type { Weather } from './weather.js'

/** One port through which all peers dial each other: so that a line for each pair needs no port of its own. */
export interface Switchboard {
  readonly port: number
  /** Of the line between two peers, whoever of them dials. */
  weather(this: void, one: number, other: number, change: Partial<Weather>): void
  /** How many connections there are that the first has dialed and the second has taken. */
  connections(this: void, from: number, to: number): number
  close(this: void): Promise<void>
}

/** Who dials says so at once, or is sent away. */
const preambleMsMax = 5_000

/** `ports`: where the peers listen, the first of them number 1. */
export async function openSwitchboard(ports: readonly number[]): Promise<Switchboard> {
  const numbers = new Map(ports.map((port, index) => [port, index + 1]))
  const lines = new Map<string, Line>()
  const weathers = new Map<string, Partial<Weather>>()
  const sockets = new Set<Socket>()

  function lineOf(from: number, to: number): Line {
    const known = lines.get(`${from} ${to}`)
    if (known !== undefined) return known
    const line = openLine()
    line.weather(weathers.get(pairOf(from, to)) ?? {})
    lines.set(`${from} ${to}`, line)
    return line
  }

  function dialed(socket: Socket, said: string): void {
    const { from = 0, port = 0 } = readPreamble(said) ?? {}
    const to = numbers.get(port)
    if (to === undefined || from < 1 || from > ports.length) return void socket.destroy()
    lineOf(from, to).accept(socket, () => {
      const outbound = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      return kept(sockets, outbound)
    })
  }

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    kept(sockets, socket)
    hearPreamble(socket, (said) => dialed(socket, said))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    weather(one, other, change) {
      const pair = pairOf(one, other)
      weathers.set(pair, { ...weathers.get(pair), ...change })
      lines.get(`${one} ${other}`)?.weather(change)
      lines.get(`${other} ${one}`)?.weather(change)
    },
    connections: (from, to) => lines.get(`${from} ${to}`)?.connections() ?? 0,
    // Its port is free at once; whoever is still connected is told, and not waited for.
    async close() {
      server.close()
      for (const socket of sockets) sever(socket)
    },
  }
}

const pairOf = (one: number, other: number): string =>
  one < other ? `${one} ${other}` : `${other} ${one}`

function kept(sockets: Set<Socket>, socket: Socket): Socket {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
  return socket
}

/** Takes the first line off a connection, and not a byte more. */
function hearPreamble(socket: Socket, heard: (said: string) => void): void {
  let said = ''
  const leave = (): void => void socket.destroy()
  const timer = setTimeout(leave, preambleMsMax)
  const stop = (): void => {
    clearTimeout(timer)
    socket.off('readable', look)
    socket.off('error', leave)
    socket.off('close', stop)
  }
  function look(): void {
    for (let byte = next(); byte !== undefined; byte = next()) {
      if (byte === '\n') {
        stop()
        return heard(said)
      }
      said += byte
      if (said.length > preambleBytesMax) return leave()
    }
  }
  const next = (): string | undefined => (socket.read(1) as Buffer | null)?.toString('latin1')
  socket.on('readable', look)
  socket.once('error', leave)
  socket.once('close', stop)
}
