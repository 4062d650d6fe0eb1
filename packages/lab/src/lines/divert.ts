import net from 'node:net'

/** Where a dial goes instead, and what is said there before the dialer says anything. */
interface Diversion {
  readonly port: number
  readonly preamble?: string
}

/**
 * Leads what this process dials somewhere else, below all that it knows: it believes that it speaks
 * with the very address it dialed, and tells others of that one.
 */
export function divertDials(lead: (port: number) => Diversion): void {
  const { connect } = net
  const diverted = (options: net.TcpNetConnectOpts, ...rest: (() => void)[]): net.Socket => {
    const { port, preamble } = lead(options.port)
    const socket = connect({ ...options, port }, ...rest)
    if (preamble !== undefined) socket.write(preamble)
    return socket
  }
  net.connect = diverted as typeof connect
}
