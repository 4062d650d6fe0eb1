import { AsyncLocalStorage } from 'node:async_hooks'
import net from 'node:net'
import { tcp } from '@libp2p/tcp'
import type { Transports } from '../src/network/libp2p.js'

/** By port that is dialed: the port that answers instead. */
type Detours = ReadonlyMap<number, number>

/** The detours of whoever is dialing right now: several peers can live in one process. */
const current = new AsyncLocalStorage<Detours>()
let isLed = false

/**
 * TCP that leads what one peer dials through proxies, below all that it knows: it believes that it
 * speaks with the very address it dialed, and tells others of that one.
 */
export function detouredTcp(detours: Detours): Transports[number] {
  leadConnections()
  const create = tcp({ dialOpts: { noDelay: true }, listenOpts: { noDelay: true } })
  return (components) => {
    const transport = create(components)
    const dial = transport.dial.bind(transport)
    transport.dial = (address, options) => current.run(detours, () => dial(address, options))
    return transport
  }
}

function leadConnections(): void {
  if (isLed) return
  isLed = true
  const { connect } = net
  const byDetour = (options: net.TcpNetConnectOpts, ...rest: (() => void)[]): net.Socket =>
    connect({ ...options, port: current.getStore()?.get(options.port) ?? options.port }, ...rest)
  net.connect = byDetour as typeof connect
}
