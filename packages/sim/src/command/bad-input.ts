/** Something a user typed that cannot be carried out; its message is the one line they read. */
export class BadInput extends Error {
  override readonly name = 'BadInput'
}

/** The name that was probably meant. */
export const nearest = (typed: string, names: readonly string[]): string | undefined =>
  names
    .map((name) => ({ name, steps: stepsBetween(typed.toLowerCase(), name) }))
    .filter(({ name, steps }) => steps <= Math.min(3, name.length / 3) || isStart(typed, name))
    .sort((a, b) => a.steps - b.steps)[0]?.name

/** What to do about a name that is not one of these. */
export function meant(typed: string, names: readonly string[]): string {
  const name = nearest(typed, names)
  return name === undefined ? `choose from ${names.join(', ')}` : `did you mean ${name}?`
}

const isStart = (typed: string, name: string): boolean =>
  typed.length > 2 && (name.startsWith(typed) || typed.startsWith(name))

/** Letters to change, to add, to leave away, or to swap with the next. */
function stepsBetween(a: string, b: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next.push(
        Math.min(
          row[j]! + 1,
          next[j - 1]! + 1,
          row[j - 1]! + (isSame ? 0 : 1),
          isSwapped ? before[j - 2]! + 1 : Infinity,
        ),
      )
    }
    before = row
    row = next
  }
  return row[b.length]!
}
