/** The services of the shop, in the order in which peers are made. */
const serviceNames = [
  'storefront',
  'checkout',
  'payments',
  'catalog',
  'search',
  'warehouse',
  'shipping',
  'mailer',
] as const

export type ServiceName = (typeof serviceNames)[number]

/** What a peer of this number does: beyond eight there are several of each. */
export const serviceOf = (number: number): ServiceName =>
  serviceNames[(number - 1) % serviceNames.length]!

/** Numbers begin with 1: `storefront`, …, then `storefront-2`. */
export function nameOf(number: number): string {
  const round = Math.floor((number - 1) / serviceNames.length) + 1
  return round === 1 ? serviceOf(number) : `${serviceOf(number)}-${round}`
}

/** Of a name or a number, whether or not there is such a peer. */
export function numberOf(word: string): number | undefined {
  if (/^[1-9]\d{0,3}$/.test(word)) return Number(word)
  const [, name, round = '1'] = /^([a-z]+)(?:-([2-9]|[1-9]\d{1,2}))?$/.exec(word) ?? []
  const at = serviceNames.findIndex((service) => service === name)
  return at < 0 ? undefined : (Number(round) - 1) * serviceNames.length + at + 1
}
