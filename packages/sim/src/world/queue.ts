/** Virtual time: what is to happen, in the order in which it happens. */
export interface Queue {
  /** Virtual milliseconds since the run began. */
  now(this: void): number
  /** At one moment, what was asked for first happens first. */
  at(this: void, when: number, happen: () => void): void
  after(this: void, delayMs: number, happen: () => void): void
  /** Lets the next thing happen, unless it lies beyond `until`; false: nothing happened. */
  step(this: void, until: number): boolean
  /** How many things happened so far. */
  count(this: void): number
}

interface Entry {
  readonly when: number
  readonly order: number
  readonly happen: () => void
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.when < b.when || (a.when === b.when && a.order < b.order)

/** A binary heap: the children of entry i are 2i+1 and 2i+2, and neither comes before it. */
export function createQueue(): Queue {
  const heap: Entry[] = []
  let time = 0
  let ordered = 0
  let happened = 0

  function push(entry: Entry): void {
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (isBefore(heap[parent]!, entry)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = entry
  }

  function pop(): Entry {
    const first = heap[0]!
    const last = heap.pop()!
    const size = heap.length
    if (size === 0) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= size) break
      if (child + 1 < size && isBefore(heap[child + 1]!, heap[child]!)) child += 1
      if (isBefore(last, heap[child]!)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
    return first
  }

  const at = (when: number, happen: () => void): void =>
    push({ when: Math.max(when, time), order: (ordered += 1), happen })

  return {
    now: () => time,
    at,
    after: (delayMs, happen) => at(time + delayMs, happen),
    step(until) {
      const next = heap[0]
      if (next === undefined || next.when > until) {
        time = Math.max(time, until)
        return false
      }
      const { when, happen } = pop()
      time = when
      happened += 1
      happen()
      return true
    },
    count: () => happened,
  }
}
