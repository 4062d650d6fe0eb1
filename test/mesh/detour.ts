import net from 'node:net'

/** By port that is dialed: the port that answers instead. */
export type Detours = ReadonlyMap<number, number>

/**
 * Leads what this process dials through proxies, below all that it knows: it believes that it speaks
 * with the very address it dialed, and tells others of that one.
 */
export function takeDetours(detours: Detours): void {
  const { connect } = net
  const byDetour = (options: net.TcpNetConnectOpts, ...rest: (() => void)[]): net.Socket =>
    connect({ ...options, port: detours.get(options.port) ?? options.port }, ...rest)
  net.connect = byDetour as typeof connect
}
