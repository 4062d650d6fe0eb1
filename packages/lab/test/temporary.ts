import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A place for the folder of a lab, gone with the test. */
export async function placeForLab(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'grapevine-labs-'))
  onTestFinished(async () => rm(parent, { recursive: true, force: true }))
  return join(parent, 'lab')
}
