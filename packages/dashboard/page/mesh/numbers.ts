/** `1-4, 7`: peers of the lab by their numbers; undefined: it says something else. */
export function numbersIn(text: string, last: number): readonly number[] | undefined {
  const found = new Set<number>()
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const [, low, high = low] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    const [from, to] = [Number(low), Number(high)]
    // What is no number compares as nothing does.
    if (!(from >= 1 && from <= to && to <= last)) return undefined
    for (let number = from; number <= to; number += 1) found.add(number)
  }
  return found.size === 0 ? undefined : [...found].toSorted((a, b) => a - b)
}

/** As short as it can be read back: `1-4, 7`. */
export function rangesOf(numbers: readonly number[]): string {
  const runs: [from: number, to: number][] = []
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] === number - 1) run[1] = number
    else runs.push([number, number])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}

/** The first ones, and the others. */
export function halves(numbers: readonly number[]): readonly (readonly number[])[] {
  const ordered = numbers.toSorted((a, b) => a - b)
  const middle = Math.ceil(ordered.length / 2)
  return [ordered.slice(0, middle), ordered.slice(middle)]
}
