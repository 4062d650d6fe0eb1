import type { NamedReceipt, Reach } from '@grapevine/peer'
import { onOneLine } from './shown-value.js'
import { spanOf } from './spans.js'

/** How many are named before the rest is only counted. */
const namedMax = 10

/** `38/40 have it · 1 refused · 1 silent for 41 s` */
export function reachInWords({ reached, members, receipts }: Reach, nowMs: number): string {
  const { refused, silent, pending } = byKind(receipts)
  return [
    `${reached}/${members} have it`,
    ...(refused.length === 0 ? [] : [`${refused.length} refused`]),
    ...(silent.length === 0 ? [] : [`${silent.length} silent${silentFor(silent, nowMs)}`]),
    ...(pending.length === 0 ? [] : [`${pending.length} on the way`]),
  ].join(' · ')
}

/** Who does not have it, one a line: what it said, or since when it says nothing. */
export function missingInWords(
  { receipts }: Reach,
  { replicaDigits, timeOf }: { replicaDigits: string; timeOf: (ms: number) => string },
): readonly string[] {
  const { refused, silent, pending } = byKind(receipts)
  // Names and reasons are what others wrote.
  const named = [
    ...refused.map(
      ({ name, key, reason }) => ['refused', onOneLine(name), `${key}: ${reason}`] as const,
    ),
    ...silent.map(({ name, heardAt, lastSeq }) => {
      const then = lastSeq === 0 ? '' : `, then at ${replicaDigits}·${lastSeq}`
      const since = heardAt === undefined ? 'never heard' : `last heard ${timeOf(heardAt)}${then}`
      return ['silent', onOneLine(name), since] as const
    }),
    ...pending.map(
      ({ name }) => ['on the way', onOneLine(name), 'heard, and does not have it yet'] as const,
    ),
  ]
  const shown = named.slice(0, namedMax)
  const width = (at: 0 | 1): number => Math.max(...shown.map((row) => row[at].length))
  return [
    ...shown.map(
      ([kind, name, why]) =>
        `${kind.padEnd(width(0))}  ${name.padEnd(width(1))}   ${onOneLine(why)}`,
    ),
    ...(named.length > namedMax ? [`and ${named.length - namedMax} more`] : []),
  ]
}

type Kind<R extends NamedReceipt['receipt']> = Extract<NamedReceipt, { readonly receipt: R }>

function byKind(receipts: readonly NamedReceipt[]) {
  const only = <R extends NamedReceipt['receipt']>(kind: R): readonly Kind<R>[] =>
    receipts.filter((one): one is Kind<R> => one.receipt === kind)
  return { refused: only('refused'), silent: only('silent'), pending: only('pending') }
}

/** The one that was heard last: the shortest time that is true of all. */
function silentFor(silent: readonly Kind<'silent'>[], nowMs: number): string {
  const heard = silent.flatMap(({ heardAt }) => (heardAt === undefined ? [] : [heardAt]))
  if (heard.length < silent.length) return ''
  const span = spanOf(Math.max(0, nowMs - Math.max(...heard)))
  return silent.length === 1 ? ` for ${span}` : ` for ${span} or longer`
}
