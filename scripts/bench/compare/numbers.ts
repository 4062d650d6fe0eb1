/** As people read it: three figures or so, thousands apart. */
export function readable(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-'
  if (!Number.isFinite(value)) return '∞'
  const size = Math.abs(value)
  const digits = size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

export const times = (value: number | undefined): string =>
  value === undefined ? '' : `${readable(value)}×`
