/**
 * Points of Ed25519 that are keys in form only: a signature can be made up that holds for them over any
 * text, by anybody. In every form in which they are read, the bit of the sign left out.
 */
const forms: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** Whether a key, in hex, is nobody's. */
export function isSmallOrder(key: string): boolean {
  const last = Number.parseInt(key.slice(62), 16) & 0x7f
  return forms.has(key.slice(0, 62) + last.toString(16).padStart(2, '0'))
}
