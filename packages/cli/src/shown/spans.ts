const units = [
  ['year', 365.25 * 24 * 3_600_000],
  ['day', 24 * 3_600_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** How long something takes or is ago, as it is said: `41 s`, `3 min`, `2 days`, `10 years`. */
export function spanOf(ms: number): string {
  const [unit, unitMs] = units.find(([, each]) => ms >= each) ?? ['ms', 1]
  const count = Math.floor(ms / unitMs)
  const many = (unit === 'year' || unit === 'day') && count !== 1 ? 's' : ''
  return `${count} ${unit}${many}`
}
