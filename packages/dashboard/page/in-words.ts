/** `1 key`, `1,400 keys`. */
export const countOf = (count: number, name: string): string =>
  `${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`

const units = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
  { ms: 1_000, name: 's' },
] as const

/** `now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`: as much as one wants to know of an age. */
export function ageInWords(ms: number): string {
  const span = spanInWords(ms)
  return span === undefined ? 'now' : `${span} ago`
}

/** `12 s`; undefined: less than can be said. */
export function spanInWords(ms: number): string | undefined {
  const unit = units.find((one) => ms >= one.ms)
  return unit && `${Math.floor(ms / unit.ms)} ${unit.name}`
}

const sizes = [
  { bytes: 1e9, name: 'GB' },
  { bytes: 1e6, name: 'MB' },
  { bytes: 1e3, name: 'kB' },
] as const

export function bytesInWords(bytes: number): string {
  const size = sizes.find((one) => bytes >= one.bytes)
  return size === undefined
    ? `${Math.round(bytes)} B`
    : `${digitsOf(bytes / size.bytes)} ${size.name}`
}

/** One digit behind the point while there is one before it. */
export function digitsOf(amount: number): string {
  if (amount >= 9.95) return Math.round(amount).toLocaleString('en')
  return `${Number(amount.toFixed(1))}`
}
