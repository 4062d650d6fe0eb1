export const listed = (keys: readonly string[]): string =>
  keys.length > 4 ? `${keys.slice(0, 3).join(', ')} and ${keys.length - 3} more` : keys.join(', ')

const units = [
  [365 * 24 * 3_600_000, 'years'],
  [24 * 3_600_000, 'days'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
  [1, 'ms'],
] as const

/** In the largest unit of which there is at least one. */
export function span(ms: number): string {
  const [size, unit] = units.find(([one]) => ms >= one) ?? units.at(-1)!
  return `${Number((ms / size).toFixed(1))} ${unit}`
}
