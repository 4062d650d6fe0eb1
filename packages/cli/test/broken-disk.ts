import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPeer } from '@grapevine/peer'

/** A folder of a peer that has lived twice, so that its store has tables, and a log. */
export async function makeDisk(dataDir: string): Promise<void> {
  for (const life of [1, 2]) {
    await using peer = await openPeer({ dataDir, mesh: 'test', name: 'alice' })
    for (let count = 0; count < 5; count++) await peer.set(`shop/${count}`, life)
  }
}

export async function breakDisk(dataDir: string): Promise<void> {
  const store = join(dataDir, 'store')
  const log = (await readdir(store)).find((name) => name.endsWith('.log')) ?? ''
  await writeFile(join(store, log), 'no log at all')
}
