import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { MeshError, limits, textFault } from '@grapevine/core'
import type { Clock } from './clock.js'
import { systemClock } from './clock.js'
import { genesisOf } from './running/genesis.js'
import type { Genesis } from './running/genesis.js'
import { parseBadge } from './trust/badge-text.js'
import type { CarriedBadge } from './trust/badge-text.js'
import { parseToken } from './trust/token.js'
import type { Token } from './trust/token.js'
import { checkCallback, checkSignal } from './api/listeners.js'
import type { OpenNetwork } from './network/network.js'
import type { Notice } from './peer.js'
import { shown } from './api/shown.js'
import type { OpenStore } from './store/store.js'

export interface PeerOptions {
  /** Where this peer's key and records lie; made if it is missing. */
  readonly dataDir: string
  /**
   * A token, as a member's `invite` made it: with it this peer joins a closed mesh at its first start.
   * Afterwards that is remembered; where the token is still good, its badge is renewed with it in time.
   */
  readonly join?: string | undefined
  /** A new badge for this peer, as `grant` made it, where it could not be brought over a link. */
  readonly badge?: string | undefined
  /**
   * An open mesh, for one machine and for tests: whoever names the same mesh, with the same admins, is
   * a member. Asked for once, then remembered.
   */
  readonly mesh?:
    | string
    | { readonly name: string; readonly admins?: readonly string[] }
    | undefined
  /**
   * Shown to people; the default is the host's name. In a closed mesh it is chosen once, for the badge
   * with which this peer comes in, and is what that badge says from then on.
   */
  readonly name?: string | undefined
  /** Shown to people beside the name: a zone, a version. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /**
   * `host:port`, or multiaddrs. The default is a free port on 127.0.0.1: nobody else can reach it. An
   * open mesh has no doors, and listens nowhere else.
   */
  readonly listen?: readonly string[] | undefined
  /** Said to others instead of the addresses that were found. */
  readonly announce?: readonly string[] | undefined
  /** Where to find the first members: `host:port` (each address of that host) or multiaddrs. */
  readonly peers?: readonly string[] | undefined
  /** Find peers on the local network as well. */
  readonly mdns?: boolean | undefined
  /** false: everything spreads by sessions alone. */
  readonly gossip?: boolean | undefined
  /** Hears what an operator should know, from the first moment. The default warns on the process. */
  readonly onNotice?: ((notice: Notice) => unknown) | undefined
  /** Aborts the opening; an open peer is closed by `close`. */
  readonly signal?: AbortSignal | undefined

  /** Time, the store and the network can be handed in: tests have other ones. */
  readonly clock?: Clock | undefined
  readonly store?: OpenStore | undefined
  readonly network?: OpenNetwork | undefined
}

/** The options as they count, checked. */
export interface Settings {
  readonly dataDir: string
  readonly genesis: Genesis | undefined
  readonly join: Token | undefined
  readonly badge: CarriedBadge | undefined
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly seeds: readonly string[]
  readonly mdns: boolean
  readonly gossip: boolean
  readonly onNotice: (notice: Notice) => unknown
  readonly clock: Clock
}

export function settingsOf(options: PeerOptions): Settings {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw invalid(`options ${shown(options)} cannot be used: write { dataDir: '.grapevine' }`)
  }
  const { dataDir, mdns = false, gossip = true, clock = systemClock } = options
  if (typeof dataDir !== 'string' || dataDir === '') {
    throw invalid(`dataDir ${shown(dataDir)} is no directory: name one, such as '.grapevine'`)
  }
  const { onNotice = warn } = options
  checkCallback('onNotice', onNotice)
  checkSignal(options.signal)
  const name = checkLabel('name', options.name ?? hostname())
  return {
    dataDir: resolve(dataDir),
    ...meshOf(options),
    name,
    labels: labelsOf(name, options.labels ?? {}),
    listen: checkTexts('listen', options.listen ?? ['127.0.0.1:0']),
    announce: checkTexts('announce', options.announce ?? []),
    seeds: checkTexts('peers', options.peers ?? []),
    mdns,
    gossip,
    onNotice,
    clock,
  }
}

/** Which mesh is meant, by whichever of them says so. */
function meshOf({ mesh, join, badge }: PeerOptions): Pick<Settings, 'genesis' | 'join' | 'badge'> {
  const token = join === undefined ? undefined : parseToken(join)
  const carried = badge === undefined ? undefined : parseBadge('the badge', badge)
  const closed = token?.genesis ?? carried?.genesis
  if (closed !== undefined && mesh !== undefined) {
    throw invalid(
      '`mesh` names an open mesh, and a token or a badge a closed one: leave `mesh` out',
    )
  }
  const genesis = closed ?? (mesh === undefined ? undefined : genesisOf(mesh))
  return { genesis, join: token, badge: carried }
}

const warn = ({ notice, text }: Notice): void =>
  process.emitWarning(text, { type: 'GrapevineNotice', code: notice })

/** One more is the peer's own: what secrets are sealed to. */
const labelsMax = limits.presenceLabelsMax - 1

/** The name travels as one of the labels. */
function labelsOf(
  name: string,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const labels = new Map([...Object.entries(given), ['name', name] as const])
  if (labels.size > labelsMax) {
    throw invalid(`there are ${labels.size} labels, the limit is ${labelsMax}`)
  }
  for (const [label, value] of labels) checkLabel(`label ${checkLabel('label', label)}`, value)
  return labels
}

export function checkLabel(what: string, text: unknown): string {
  if (typeof text === 'string' && text !== '' && Buffer.byteLength(text) <= limits.labelBytesMax) {
    const fault = textFault(text)
    if (fault === undefined) return text
    throw invalid(`${what} ${shown(text)} cannot be used: it ${fault}`)
  }
  throw invalid(
    `${what} ${shown(text)} cannot be used: write 1 to ${limits.labelBytesMax} bytes of text`,
  )
}

export function checkTexts(what: string, texts: unknown): readonly string[] {
  if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts
  throw invalid(`${what} ${shown(texts)} is no list of addresses: write ['host:port', …]`)
}

const invalid = (text: string): MeshError => new MeshError('OPTION_INVALID', text)
