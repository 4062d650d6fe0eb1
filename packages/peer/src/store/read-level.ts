import { checksumIn, contentOf, nameOf, tallyKey } from './level.js'
import type { Level } from './level.js'
import { countFrom, decodeTally, emptyTally } from './tally.js'
import type { Tally } from './tally.js'

/** What is wrong with a store. */
export interface Fault {
  /** undefined: it concerns the whole. */
  readonly record: string | undefined
  readonly why: string
}

export const describeFault = ({ record, why }: Fault): string =>
  record === undefined ? why : `record ${printable(record)}: ${why}`

/** A damaged name can hold any character, and no end. */
export const printable = (name: string): string => JSON.stringify(name.slice(0, 200)).slice(1, -1)

/** All that can be read of a store, and all that is wrong with it. */
export interface Content {
  readonly records: ReadonlyMap<string, Uint8Array>
  /** Of names and values. */
  readonly bytes: number
  /** undefined: it cannot be read. */
  readonly tally: Tally | undefined
  /** Defined where a newer version of this library has written it. */
  readonly newerFormat: number | undefined
  readonly faults: readonly Fault[]
}

export function contentWith(
  tally: ReturnType<typeof decodeTally>,
  records: ReadonlyMap<string, Uint8Array>,
): Omit<Content, 'faults'> {
  let bytes = 0
  for (const [name, value] of records) bytes += Buffer.byteLength(name) + value.length
  return {
    records,
    bytes,
    tally: tally !== undefined && 'records' in tally ? tally : undefined,
    newerFormat: tally !== undefined && 'format' in tally ? tally.format : undefined,
  }
}

/** Everything that LevelDB finds. */
export async function readLevel(level: Level): Promise<Content> {
  const records = new Map<string, Uint8Array>()
  const damaged: Fault[] = []
  const counting = countFrom(emptyTally)
  let stored: ReturnType<typeof decodeTally>
  await eachEntry(level, (key, value) => {
    if (key === tallyKey) {
      stored = decodeTally(value.toString())
      return
    }
    const name = nameOf(key)
    const content = contentOf(key, value)
    if (content === undefined) {
      damaged.push({ record: name, why: 'its checksum does not hold' })
      return
    }
    counting.add(checksumIn(value))
    records.set(name, content)
  })
  const content = contentWith(stored, records)
  const { tally, newerFormat } = content
  const isOurs = newerFormat === undefined
  const missing = isOurs ? missingFrom(tally, counting.at(0), damaged.length) : undefined
  return { ...content, faults: [...damaged, ...(missing === undefined ? [] : [missing])] }
}

const entriesPerRead = 1_000
const bytesPerRead = 1024 * 1024

async function eachEntry(level: Level, take: (key: string, value: Buffer) => void): Promise<void> {
  const iterator = level.iterator({ highWaterMarkBytes: bytesPerRead })
  try {
    // LevelDB reads on in a thread of its own while this one takes what it has read.
    let reading = iterator.nextv(entriesPerRead)
    for (;;) {
      const entries = await reading
      if (entries.length === 0) return
      reading = iterator.nextv(entriesPerRead)
      for (const [key, value] of entries) take(key, value)
    }
  } finally {
    await iterator.close()
  }
}

/** What is wrong with the set of records, beside those of which it is known that they are damaged. */
function missingFrom(tally: Tally | undefined, counted: Tally, damaged: number): Fault | undefined {
  if (tally === undefined) return { record: undefined, why: 'its tally of records is lost' }
  const found = counted.records + damaged
  if (found !== tally.records) {
    return { record: undefined, why: `it holds ${found} records, ${tally.records} were stored` }
  }
  if (damaged > 0 || counted.set === tally.set) return undefined
  return { record: undefined, why: 'some records are not the ones that were stored last' }
}
