import { writeBackup } from './backup.js'
import { groupCommit } from './group-commit.js'
import { closed } from './store-error.js'
import type { Store } from './store.js'

export interface MemoryStoreOptions {
  /** What it keeps its records in: the next store on the same disk finds them there. */
  readonly disk?: Map<string, Uint8Array> | undefined
  readonly doubt?: string | undefined
  /** Called before each transaction is stored; what it throws is the failure of the disk. */
  readonly beforeStore?: ((transaction: number) => void) | undefined
}

/** A store that lives as long as its disk, which is a Map. */
export function memoryStore({
  disk = new Map(),
  doubt: doubtAtFirst,
  beforeStore = () => undefined,
}: MemoryStoreOptions = {}): Store {
  let doubt = doubtAtFirst
  let transactions = 0
  let isClosed = false
  const gone = closed('memory')

  const commit = groupCommit(async (group) => {
    group.forEach(() => beforeStore((transactions += 1)))
    for (const transaction of group) {
      for (const [name, value] of transaction) {
        if (value === null) disk.delete(name)
        else disk.set(name, value)
      }
    }
  })
  return {
    get doubt() {
      return doubt
    },
    append: commit.append,
    load: async () => {
      if (isClosed) throw gone
      return new Map(disk)
    },
    settleDoubt: async () => {
      doubt = undefined
    },
    backup: async (file) => {
      if (isClosed) throw gone
      const at = new Date().toISOString()
      await writeBackup(file, {
        at,
        transaction: transactions,
        identity: null,
        records: new Map(disk),
      })
    },
    close: async () => {
      isClosed = true
      await commit.end(gone)
    },
  }
}
