/**
 * A process that is a peer. Whoever started it says how to open it and what to do, and hears of every
 * write before the next begins; when that one is gone, so is this process.
 */
import type { Notice, Peer } from '@grapevine/peer'
import { openPeer } from '@grapevine/peer'
import { levelStore } from '../../packages/peer/src/store/level-store.ts'
import { libp2pNetwork } from '../../packages/peer/src/network/libp2p-network.ts'
import { commandsOf } from './commands.ts'
import type { Commands } from './commands.ts'
import { takeDetours } from './detour.ts'
import type { Detours } from './detour.ts'
import { callOn } from './driver.ts'
import { failpoint, failingNetwork } from './failpoint.ts'
import type { Failpoint } from './failpoint.ts'
import { countTimers } from './usage.ts'
import type { Shown } from './ledger.ts'
import { hastyClock } from './hasty-clock.ts'
import type { Haste } from './hasty-clock.ts'
import type { WriteEvent } from './writer.ts'

export interface Opening {
  readonly dataDir: string
  readonly name: string
  readonly mesh?: string
  /** The token of a closed mesh. */
  readonly join?: string
  readonly listen?: readonly string[]
  readonly peers?: readonly string[]
  readonly gossip?: boolean
  readonly detours?: Detours
  /** Where this process kills itself. */
  readonly failpoint?: Failpoint
  readonly countsTimers?: boolean
  readonly haste?: Haste
}

export type Question =
  | { readonly number: number; readonly open: Opening }
  | { readonly number: number; readonly name: keyof Commands; readonly args: readonly unknown[] }

export type Told =
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly error: { readonly code?: unknown; readonly text: string } }
  | { readonly event: WriteEvent }
  | { readonly notice: Notice }

export interface Opened {
  readonly id: string
  readonly openMs: number
  /** What its disk holds, before anybody else was asked. */
  readonly shown: Shown
}

/** Resolves once it is on the channel: what was told survives the death of whoever told it. */
const tell = (told: Told): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(told, undefined, {}, (error) => (error === null ? resolve() : reject(error)))
  })

let commands: Commands | undefined

async function open(opening: Opening): Promise<Opened> {
  const { failpoint: point, countsTimers = false, detours, haste, ...options } = opening
  if (countsTimers) countTimers()
  if (detours !== undefined) takeDetours(detours)
  const onStep = failpoint(point)
  const clock = haste === undefined ? undefined : hastyClock(haste)
  const began = performance.now()
  const peer: Peer = await openPeer({
    ...options,
    clock,
    onNotice: (notice) => tell({ notice }),
    store: () => levelStore(options.dataDir, { onStep }),
    network: failingNetwork(libp2pNetwork(), onStep),
  })
  const openMs = performance.now() - began
  commands = commandsOf(peer, (event) => tell({ event }), clock?.jump)
  return { id: peer.id, openMs, shown: commands.shown() }
}

async function answer(question: Question): Promise<unknown> {
  if ('open' in question) return open(question.open)
  if (commands === undefined) throw new Error('the peer is not open')
  return callOn(commands)(question.name, question.args)
}

process.on('message', (question: Question) => {
  const { number } = question
  answer(question)
    .then(
      (value) => tell({ number, answer: value }),
      (error: Error & { readonly code?: unknown }) =>
        tell({ number, error: { code: error.code, text: error.message } }),
    )
    .catch(() => process.exit(1))
})
process.on('disconnect', () => process.exit(0))
