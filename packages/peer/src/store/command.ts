import { MeshError } from '@grapevine/core'
import { levelStore } from './level-store.js'
import { describeFault, printable } from './read-level.js'
import { repairStore } from './repair.js'
import type { Rebuild } from './repair.js'
import { restoreBackup } from './restore.js'
import { repairCommand } from './store-error.js'
import { verifyStore } from './verify.js'
import type { CheckRecords } from './verify.js'

const usage = `grapevine-store: looks after the store of a peer that is not running.

  grapevine-store verify  <data directory>          reads everything, changes nothing
  grapevine-store repair  <data directory>          keeps what can be read, moves the rest aside
  grapevine-store backup  <data directory> <file>   the file holds the peer's key: keep it secret
  grapevine-store restore <data directory> <file>   into a directory without a store

Exit code: 0 all is well · 1 it is damaged, or it failed · 2 bad input`

interface StoreCommand {
  readonly args: readonly string[]
  readonly tell: (line: string) => void
  /** What records mean is for the replica to say. */
  readonly meaningOf: (dataDir: string) => Meaning
}

export interface Meaning {
  readonly check: CheckRecords
  readonly rebuild: Rebuild
}

/** Answers the exit code. */
export async function runStoreCommand({ args, tell, meaningOf }: StoreCommand): Promise<0 | 1 | 2> {
  const [verb, dataDir, file, ...rest] = args
  if (verb === '--help' || verb === '-h') {
    tell(usage)
    return 0
  }
  const takesFile = verb === 'backup' || verb === 'restore'
  const isComplete = dataDir !== undefined && (file !== undefined) === takesFile
  if (!isComplete || rest.length > 0) {
    tell(usage)
    return 2
  }
  try {
    switch (verb) {
      case 'verify':
        return await verify(dataDir, meaningOf(dataDir), tell)
      case 'repair':
        return await repair(dataDir, meaningOf(dataDir), tell)
      case 'backup':
        return await backup(dataDir, file ?? '', tell)
      case 'restore':
        return await restore(dataDir, file ?? '', tell)
      default:
        tell(usage)
        return 2
    }
  } catch (error) {
    if (!(error instanceof MeshError)) throw error
    tell(`${error.code}: ${error.message}`)
    return 1
  }
}

type Tell = StoreCommand['tell']

const counted = (count: number, one: string): string =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`

const linesMax = 20

function list(tell: Tell, what: string, lines: readonly string[]): void {
  for (const line of lines.slice(0, linesMax)) tell(`  ${what}: ${line}`)
  if (lines.length > linesMax) tell(`  and ${lines.length - linesMax} more`)
}

async function verify(dataDir: string, { check }: Meaning, tell: Tell): Promise<0 | 1> {
  const { records, bytes, transaction, faults, doubt } = await verifyStore(dataDir, check)
  const after = transaction === undefined ? '' : ` after ${counted(transaction, 'transaction')}`
  tell(`${counted(records, 'record')}, ${counted(bytes, 'byte')}${after}`)
  list(tell, 'fault', faults.map(describeFault))
  if (faults.length > 0) {
    tell(`It is damaged. Run: ${repairCommand(dataDir)}`)
    return 1
  }
  tell(
    doubt === undefined ? 'It is sound.' : `It is sound, but ${doubt}: it takes a new replica id.`,
  )
  return 0
}

async function repair(dataDir: string, meaning: Meaning, tell: Tell): Promise<0> {
  const { rebuild, check } = meaning
  const { stored, salvaged, damaged, rebuilt } = await repairStore(dataDir, rebuild, check)
  const of = stored === undefined ? '' : `; ${stored.toLocaleString('en')} were stored`
  tell(`${counted(salvaged, 'sound record')} found${of}.`)
  if (rebuilt === undefined) {
    tell('Nothing to repair.')
    return 0
  }
  list(tell, 'damaged', damaged.map(printable))
  tell(`${counted(rebuilt.releases, 'release')} kept.`)
  list(tell, 'left out, for it follows one that is lost', rebuilt.unplaced)
  if (rebuilt.brokenStore !== undefined) {
    tell(`The broken store is now ${rebuilt.brokenStore}: delete it when nothing is missing.`)
  }
  tell(catchUp)
  return 0
}

const catchUp =
  'When this peer runs, it takes a new replica id and gets what it lacks from the others.'

async function backup(dataDir: string, file: string, tell: Tell): Promise<0> {
  const store = await levelStore(dataDir)
  try {
    await store.backup(file)
  } finally {
    await store.close()
  }
  tell(`Wrote ${file}. Whoever has it can speak as this peer: keep it secret.`)
  return 0
}

async function restore(dataDir: string, file: string, tell: Tell): Promise<0> {
  const { at, records } = await restoreBackup(file, dataDir)
  tell(`Restored ${counted(records, 'record')} of ${at} into ${dataDir}.`)
  tell(catchUp)
  return 0
}
