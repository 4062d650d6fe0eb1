/** What the command `grapevine-store` runs: the texts are in command.ts, and all the work behind it. */
import { openReplica } from '@grapevine/core'
import { rulesOf, settleGenesis } from '../running/genesis.js'
import { cryptoOf, openIdentity } from '../running/identity.js'
import { ofReplica } from '../running/interpreter.js'
import { rebuildRecords } from '../running/rebuild.js'
import { runStoreCommand } from './command.js'
import type { Meaning } from './command.js'

/** The replica's own door: it checks every signature, as if another peer had sent it all. */
const meaningOf = (dataDir: string): Meaning => ({
  async check(records) {
    const identity = await openIdentity(dataDir, true)
    const mesh = rulesOf(settleGenesis(records, undefined))
    const { peer } = identity
    openReplica({ mesh, crypto: cryptoOf(identity), peer, records: ofReplica(records) })
  },
  async rebuild(records) {
    return rebuildRecords(await openIdentity(dataDir, true), records, Date.now())
  },
})

process.exitCode = await runStoreCommand({
  args: process.argv.slice(2),
  tell: (line) => process.stdout.write(`${line}\n`),
  meaningOf,
})
