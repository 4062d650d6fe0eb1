import type { Fact } from './oracle.js'
import type { Facts, Known } from './facts.js'

/** What is held of one replica id, by seq; none: covered, and nobody has seen what it says. */
export type Chain = Map<number, Known>

type Held = ReadonlyMap<string, ReadonlyMap<number, Known>>

export const heldAt = (held: Held, replica: string, seq: number): Known | undefined =>
  held.get(replica)?.get(seq)

export const isHeld = (held: Held, { replica, seq, id }: Fact): boolean =>
  heldAt(held, replica, seq)?.fact.id === id

/**
 * What a stretch of a chain holds. Where nobody signed twice, the seq says it all; where a replica id
 * forked, each release names the one before it, and `named` is what the records say of some.
 */
export function follow(
  facts: Facts,
  chain: Chain,
  stretch: { readonly replica: string; readonly from: number; readonly to: number },
  named: (seq: number) => Known | undefined,
): void {
  const { replica, from, to } = stretch
  let above: Known | undefined
  for (const seq of facts.seqsDown(replica, from, to)) {
    const isNext = above?.fact.seq === seq + 1 && above.fact.prev !== undefined
    const all = facts.at(replica, seq)
    const known =
      named(seq) ??
      (isNext ? facts.byId(above!.fact.prev!) : undefined) ??
      (all.length === 1 ? all[0] : undefined)
    if (known !== undefined) chain.set(seq, known)
    above = known
  }
}
