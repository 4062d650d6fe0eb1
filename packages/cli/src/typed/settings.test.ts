import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeTerminal } from '../../test/fake-terminal.js'
import type { Common } from '../verb.js'
import { readSettings } from './settings.js'

const common: Common = {
  dataDir: undefined,
  socket: undefined,
  lab: undefined,
  as: undefined,
  json: false,
  quiet: false,
  yes: false,
  noInput: false,
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-cli-'))
  onTestFinished(async () => rm(folder, { recursive: true }))
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, name), source)
  return folder
}

describe('the settings of a command', () => {
  it('say nothing where a variable is empty, as compose files leave it', async () => {
    const folder = await folderWith({ 'grapevine.yaml': 'dataDir: stored' })
    const names = ['DATA_DIR', 'SOCKET', 'AS', 'CONFIG']
    const env = Object.fromEntries(names.map((name) => [`GRAPEVINE_${name}`, '']))
    expect(await readSettings(common, fakeTerminal(folder, { env }).terminal)).toMatchObject({
      dataDir: join(folder, 'stored'),
      socket: join(folder, 'stored', 'api.sock'),
      as: undefined,
      fileName: 'grapevine.yaml',
    })
  })

  it('come from the file that is named, and it has to be there', async () => {
    const folder = await folderWith({ 'other.yaml': 'dataDir: [odd]', 'alias.yaml': 'a: *b' })
    const read = async (config: string) => {
      const { terminal } = fakeTerminal(folder, { env: { GRAPEVINE_CONFIG: config } })
      return readSettings(common, terminal)
    }
    await expect(read('other.yaml')).rejects.toThrow('dataDir in other.yaml is ["odd"]')
    await expect(read('alias.yaml')).rejects.toThrow('alias.yaml cannot be used: Unresolved alias')
    await expect(read('none.yaml')).rejects.toThrow('none.yaml cannot be read')
  })
})
