/** A seeded stream of chance. */
export interface Random {
  /** At least 0, below 1. */
  (): number
  below(this: void, count: number): number
  pick<T>(this: void, from: readonly T[]): T
  chance(this: void, share: number): boolean
}

/**
 * One stream for each concern of a seed: what is drawn for one moves no other, so that a run which
 * is shrunk in one place stays as it was in all others.
 */
export function randomOf(seed: number, ...concern: readonly (string | number)[]): Random {
  let a = mix(seed)
  let b = mix(Math.floor(seed / 0x1_0000_0000))
  let c = 0x9e37_79b9
  let counter = 1
  for (const code of new TextEncoder().encode(concern.join('/'))) c = mix(c ^ code)

  // sfc32: small, fast, and passes the usual batteries of tests.
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  for (let warm = 0; warm < 12; warm++) next()

  const below = (count: number): number => Math.floor(next() * count)
  return Object.assign(next, {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)]!,
    // A share of nothing draws nothing.
    chance: (share: number): boolean => share > 0 && next() < share,
  })
}

/** In an order of chance. */
export function shuffled<T>(random: Random, from: readonly T[]): readonly T[] {
  const order = [...from]
  for (let index = order.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    const moved = order[index]!
    order[index] = order[other]!
    order[other] = moved
  }
  return order
}

/** Spreads the bits of a number over all 32. */
function mix(value: number): number {
  let mixed = (value ^ 0x5bd1_e995) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
  return mixed ^ (mixed >>> 16)
}
