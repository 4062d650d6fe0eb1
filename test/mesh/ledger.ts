/** One write, as its writer told it. Every value is written once, so that it names its write. */
export interface Write {
  readonly key: string
  /** Of a remove, a name that nobody ever reads. */
  readonly value: string
  readonly isRemove: boolean
  /** Every value that the writer saw on the key, by a write that counts only if it still is so. */
  readonly saw: readonly string[]
}

/** What became of a write, as far as whoever asked for it was told. */
type Answer = 'acknowledged' | 'declined' | 'none'

/**
 * Written down outside of the peers: what was asked for and what was acknowledged. From that alone
 * follows what everybody must show in the end. It knows nothing of version vectors.
 */
export interface Ledger {
  asked(write: Write): void
  answered(value: string, answer: Exclude<Answer, 'none'>): void
  /** How many writes were acknowledged, to all writers or to one. */
  acknowledged(writer?: string): number
  /** What everybody shows in the end, against all that happened. */
  judge(shown: Shown): Judgement
  /** What was acknowledged to one writer, and a disk shows no trace of. */
  missingOn(shown: Shown, writer: string): readonly Write[]
}

/** By key, every value that is shown or listed as a conflict, the shown one first. */
export type Shown = ReadonlyMap<string, readonly string[]>

export interface Judgement {
  readonly acknowledged: number
  /** Nobody was told what became of these: they may be there, or not. */
  readonly unanswered: number
  /** Acknowledged, seen by no later write, and not there. */
  readonly lost: readonly Write[]
  /** There, though nobody wrote it, or though it was declined. */
  readonly phantom: readonly string[]
  /** There, though a later write had seen it. */
  readonly risen: readonly string[]
  /** Acknowledged, and listed beside a value that was written at the same time. */
  readonly listed: number
}

export function createLedger(): Ledger {
  const writes = new Map<string, Write>()
  const answers = new Map<string, Answer>()
  return {
    asked(write) {
      writes.set(write.value, write)
      answers.set(write.value, 'none')
    },
    answered: (value, answer) => void answers.set(value, answer),
    acknowledged: (writer = '') =>
      acknowledgedOf(writes, answers).filter(({ value }) => value.startsWith(writer)).length,
    judge: (shown) => judge(writes, answers, shown),
    missingOn(shown, writer) {
      const there = new Set([...shown.values()].flat())
      const accounted = withAllSeen(writes, there)
      const removed = seenByRemoves(writes, answers, ['acknowledged', 'none'])
      return acknowledgedOf(writes, answers).filter(
        ({ value, isRemove }) =>
          value.startsWith(writer) && !isRemove && !accounted.has(value) && !removed.has(value),
      )
    },
  }
}

const acknowledgedOf = (
  writes: ReadonlyMap<string, Write>,
  answers: ReadonlyMap<string, Answer>,
): readonly Write[] =>
  [...writes.values()].filter(({ value }) => answers.get(value) === 'acknowledged')

function judge(
  writes: ReadonlyMap<string, Write>,
  answers: ReadonlyMap<string, Answer>,
  shown: Shown,
): Judgement {
  const keys = new Set([...writes.values()].map(({ key }) => key))
  const there = new Set([...shown].flatMap(([key, values]) => (keys.has(key) ? values : [])))
  const acknowledged = acknowledgedOf(writes, answers)
  const unanswered = [...answers].flatMap(([value, answer]) => (answer === 'none' ? [value] : []))
  const inEffect = withAllSeen(writes, [
    ...acknowledged.map(({ value }) => value),
    ...unanswered.filter((value) => there.has(value)),
  ])
  const seen = new Set([...inEffect].flatMap((value) => writes.get(value)?.saw ?? []))
  const perhapsRemoved = seenByRemoves(writes, answers, ['none'])
  const owed = acknowledged.filter(({ value, isRemove }) => !isRemove && !seen.has(value))
  return {
    acknowledged: acknowledged.length,
    unanswered: unanswered.length,
    lost: owed.filter(({ value }) => !there.has(value) && !perhapsRemoved.has(value)),
    phantom: [...there].filter((value) => !writes.has(value) || answers.get(value) === 'declined'),
    risen: [...there].filter((value) => seen.has(value)),
    listed: owed.filter(({ key, value }) => (shown.get(key) ?? []).indexOf(value) > 0).length,
  }
}

/** These writes, and all that they saw: without it they could not have been made. */
function withAllSeen(
  writes: ReadonlyMap<string, Write>,
  from: Iterable<string>,
): ReadonlySet<string> {
  const all = new Set<string>()
  const next = [...from]
  for (let value = next.pop(); value !== undefined; value = next.pop()) {
    if (all.has(value)) continue
    all.add(value)
    next.push(...(writes.get(value)?.saw ?? []))
  }
  return all
}

/** A remove leaves nothing to see: one that nobody was told of may have happened all the same. */
const seenByRemoves = (
  writes: ReadonlyMap<string, Write>,
  answers: ReadonlyMap<string, Answer>,
  which: readonly (Answer | undefined)[],
): ReadonlySet<string> =>
  withAllSeen(
    writes,
    [...writes.values()]
      .filter(({ value, isRemove }) => isRemove && which.includes(answers.get(value)))
      .map(({ value }) => value),
  )
