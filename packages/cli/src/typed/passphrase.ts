import { resolve } from 'node:path'
import { openSigner } from '@grapevine/peer'
import { MeshError } from '@grapevine/core'
import type { Signer } from '@grapevine/peer'
import type { Call } from '../call.js'
import { misused } from '../complain.js'
import { readInput } from './read-input.js'

/** Opens a person's key. What it is locked with comes from a file or is typed: never from the command line. */
export async function openNamed(file: string, call: Call): Promise<Signer> {
  const stored = await storedPassphrase(call)
  try {
    return await openSigner({ file, passphrase: stored })
  } catch (error) {
    const isLocked = error instanceof MeshError && error.data['isLocked'] === true
    if (!isLocked) throw error
    const next = 'GRAPEVINE_PASSPHRASE_FILE names a file with it'
    return openSigner({ file, passphrase: await call.ask(`The passphrase of ${file}`, next) })
  }
}

export async function storedPassphrase({ terminal }: Call): Promise<string | undefined> {
  const named = terminal.env['GRAPEVINE_PASSPHRASE_FILE']
  if (named === undefined || named === '') return undefined
  const file = resolve(terminal.cwd, named)
  try {
    return (await readInput(file, terminal.interrupted)).toString().replace(/\r?\n$/, '')
  } catch (error) {
    throw misused(
      `GRAPEVINE_PASSPHRASE_FILE names ${file}, which cannot be read: ${(error as Error).message}`,
    )
  }
}
