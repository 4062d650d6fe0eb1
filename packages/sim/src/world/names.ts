const honest = [
  'alice',
  'bob',
  'carol',
  'dave',
  'erin',
  'frank',
  'grace',
  'heidi',
  'ivan',
  'judy',
  'kate',
  'leo',
  'mia',
  'nina',
  'oscar',
  'peggy',
  'quinn',
  'rosa',
  'sam',
  'tina',
  'uma',
  'victor',
  'wendy',
  'xena',
  'yuri',
  'zoe',
]

/** People have names; crowds have numbers. Whoever is hostile is called mallory. */
export function nameOf(index: number, peers: number, hostile: number): string {
  const firstHostile = peers - hostile
  if (index >= firstHostile) {
    const which = index - firstHostile
    return which === 0 ? 'mallory' : `mallory-${which + 1}`
  }
  return honest[index] ?? `peer-${index + 1}`
}
