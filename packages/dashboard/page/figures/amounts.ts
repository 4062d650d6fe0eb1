import { bytesInWords, digitsOf } from '../in-words.js'

export type Unit = 'ms' | 'bytes' | 'copies' | 'releases'

/** `1.2 ms`, `3.4 kB/s`: with as many digits as one can tell apart. */
export function amountInWords(amount: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return tookInWords(amount)
    case 'bytes':
      return `${bytesInWords(amount)}/s`
    case 'copies':
      return amount === 0 ? '0' : amount.toFixed(2)
    case 'releases':
      return `${digitsOf(amount)} /s`
  }
}

export function tookInWords(ms: number): string {
  if (ms >= 60_000) return `${digitsOf(ms / 60_000)} min`
  return ms >= 1_000 ? `${digitsOf(ms / 1_000)} s` : `${digitsOf(ms)} ms`
}
