import { MeshError } from '@grapevine/core'
import type { Dot, Receipt } from '@grapevine/core'
import { durationMs } from '../api/durations.js'
import { callSafely, checkCallback } from '../api/listeners.js'
import { paced } from '../api/paced.js'
import type { Inside } from '../api/parts.js'
import type { NamedReceipt, Reach, ReachOptions } from '../peer.js'
import { shown } from '../api/shown.js'
import { waitFor } from '../api/waiting.js'

/** The receipts of a release, with names for people. */
export function receiptsOf(inside: Inside, dot: Dot): readonly NamedReceipt[] {
  const { interpreter, clock } = inside
  const nameOf = inside.names()
  return interpreter.replica
    .receipts(dot, clock.now())
    .map((receipt) => ({ ...receipt, name: nameOf(receipt.peer) }))
}

/** What somebody waits for: all of these releases, from when on they are durable here. */
interface Awaited {
  readonly name: string
  readonly dots: readonly Dot[]
  readonly durable: Promise<unknown>
}

/** Resolves once enough members hold them. */
export async function reached(
  inside: Inside,
  { name, dots, durable }: Awaited,
  options: ReachOptions,
): Promise<Reach> {
  const { clock, closing, events } = inside
  const { peers = 'all', timeout, signal, onProgress } = options
  checkCount(peers)
  if (onProgress !== undefined) checkCallback('onProgress', onProgress)
  const timeoutMs = timeout === undefined ? undefined : durationMs('timeout', timeout)
  const look = (): Reach => reachOf(inside, dots)
  const fault = (reach: Reach, why: string): MeshError =>
    new MeshError('NOT_REACHED', `release ${name} ${why}: ${inWords(reach)}`, { ...reach })
  const whom = peers === 'all' ? 'all members' : `${peers} members`
  const late = (): MeshError => fault(look(), `has not reached ${whom} within ${timeoutMs} ms`)

  return waitFor({ clock, ends: [closing, signal], timeoutMs, late }, (resolve, reject) => {
    let last = ''
    let isOver = false
    function judge(): void {
      const reach = look()
      const state = reach.receipts.map(({ peer, receipt }) => `${peer} ${receipt}`).join()
      if (state === last) return
      last = state
      if (onProgress !== undefined) {
        callSafely(onProgress, [reach], (error) => events.failed(error, 'onProgress'))
      }
      const needed = peers === 'all' ? reach.members : peers
      if (reach.reached >= needed) resolve(reach)
      else if (isHopeless(reach, needed)) reject(fault(reach, `will not reach ${whom}`))
    }
    const heard = paced(clock, () => lookGapMs(inside.members.ids().size), judge)
    let unlisten = (): void => {}
    const begin = (): void => {
      if (isOver) return
      unlisten = events.on('presence', heard.call)
      judge()
    }
    durable.then(begin).catch(reject)
    return () => {
      isOver = true
      unlisten()
      heard.stop()
    }
  })
}

/** Up to so many members each presence is looked at as it comes. */
const fewMembers = 64

/** All speak, and each look asks for all: seldom enough, it costs a hundredth of the time. */
const lookGapMs = (members: number): number => (members > fewMembers ? members / 2 : 0)

/** Everybody has answered, and some of them with a refusal. */
const isHopeless = ({ reached: count, refused, members }: Reach, needed: number): boolean =>
  refused > 0 && count + refused === members && needed <= members

function checkCount(peers: unknown): void {
  if (peers === 'all' || (Number.isSafeInteger(peers) && (peers as number) > 0)) return
  throw new MeshError(
    'OPTION_INVALID',
    `peers ${shown(peers)} is no number of members: write 1 or more, or 'all'`,
    { option: 'peers' },
  )
}

function reachOf(inside: Inside, dots: readonly Dot[]): Reach {
  const receipts = dots.map((dot) => receiptsOf(inside, dot)).reduce(worseOf)
  const count = (kind: Receipt['receipt']): number =>
    receipts.filter(({ receipt }) => receipt === kind).length
  return {
    reached: count('reached'),
    refused: count('refused'),
    members: receipts.length,
    receipts,
  }
}

/** From best to worst: several releases are where the worst of them is. */
const ranks: readonly Receipt['receipt'][] = ['reached', 'pending', 'silent', 'refused']

/** Receipts of two releases come for the same members in the same order. */
const worseOf = (
  some: readonly NamedReceipt[],
  others: readonly NamedReceipt[],
): readonly NamedReceipt[] =>
  some.map((one, index) => {
    const other = others[index] ?? one
    return ranks.indexOf(other.receipt) > ranks.indexOf(one.receipt) ? other : one
  })

/** How many are named before the rest is only counted. */
const namedMax = 3

function inWords({ reached: count, members, receipts }: Reach): string {
  const refused = receipts.flatMap((one) =>
    one.receipt === 'refused' ? [`${one.name}, ${one.key}: ${one.reason}`] : [],
  )
  const silent = receipts.flatMap((one) =>
    one.receipt === 'silent' ? [`${one.name} ${sinceWhen(one.heardAt)}`] : [],
  )
  const pending = receipts.filter(({ receipt }) => receipt === 'pending').length
  return [
    `${count} of ${members} have it`,
    ...(refused.length > 0 ? [`${refused.length} refused (${listed(refused)})`] : []),
    ...(silent.length > 0 ? [`${silent.length} silent (${listed(silent)})`] : []),
    ...(pending > 0 ? [`${pending} on the way`] : []),
  ].join(', ')
}

const listed = (texts: readonly string[]): string =>
  [...texts.slice(0, namedMax), ...(texts.length > namedMax ? ['…'] : [])].join('; ')

const sinceWhen = (heardAt: number | undefined): string =>
  heardAt === undefined ? 'never heard' : `since ${new Date(heardAt).toISOString()}`
