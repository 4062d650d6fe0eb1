import { connect } from 'node:net'
import { systemClock } from '../../src/clock.js'

export interface Knocks {
  readonly host: string
  readonly port: number
  /** Said in turn, by one line after the other. */
  readonly says: readonly Uint8Array[]
  readonly times: number
  readonly atOnce: number
  /** Who is still connected after so long is counted, and hangs up by itself. */
  readonly patienceMs: number
}

export interface Knocked {
  readonly connected: number
  /** Bytes that anybody was answered. */
  readonly answered: number
  readonly stillOpen: number
}

/** Connections as anybody can make them, who has nothing but an address. */
export async function knockAll({ times, atOnce, ...each }: Knocks): Promise<Knocked> {
  const told = { connected: 0, answered: 0, stillOpen: 0 }
  let next = 0
  const oneByOne = async (): Promise<void> => {
    while (next < times) {
      const said = each.says[next++ % each.says.length]!
      const { isConnected, answered, isOpen } = await knock(each, said)
      told.connected += isConnected ? 1 : 0
      told.answered += answered
      told.stillOpen += isOpen ? 1 : 0
    }
  }
  await Promise.all(Array.from({ length: atOnce }, oneByOne))
  return told
}

interface Outcome {
  readonly isConnected: boolean
  readonly answered: number
  readonly isOpen: boolean
}

const knock = (
  { host, port, patienceMs }: Pick<Knocks, 'host' | 'port' | 'patienceMs'>,
  said: Uint8Array,
): Promise<Outcome> =>
  new Promise((resolve) => {
    const socket = connect({ host, port })
    let isConnected = false
    let answered = 0
    const end = (isOpen: boolean): void => {
      cancel()
      socket.destroy()
      resolve({ isConnected, answered, isOpen })
    }
    const cancel = systemClock.after(patienceMs, () => end(true))
    socket.on('connect', () => {
      isConnected = true
      socket.write(said)
    })
    socket.on('data', (bytes) => {
      answered += bytes.length
    })
    socket.on('error', () => {})
    socket.on('close', () => end(false))
  })
