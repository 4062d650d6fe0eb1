import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, node, root, tools } from '../scripts/command.ts'
import type { Ended } from '../scripts/command.ts'

const temporary = mkdtempSync(join(tmpdir(), 'packages-'))
afterAll(() => rmSync(temporary, { recursive: true }))

/** Packs a folder as the registry would get it, and answers with the path of the tarball. */
async function pack(folder: string): Promise<string> {
  const into = mkdtempSync(join(temporary, 'tarball-'))
  const args = ['pack', '--silent', '--pack-destination', into]
  const { exitCode, output } = await command('npm', args, { cwd: folder })
  expect(exitCode, output).toBe(0)
  return join(into, readdirSync(into).at(0) ?? '')
}

const publint = (tarball: string): Promise<Ended> =>
  node([tools.publint, 'run', tarball, '--strict'])

const attw = (tarball: string): Promise<Ended> =>
  node([tools.attw, tarball, '--profile', 'esm-only'])

interface Manifest {
  readonly private?: boolean
  /** What programs import; a package of commands has none. */
  readonly exports?: object
  readonly bin?: Readonly<Record<string, string>>
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest

const published = readdirSync(join(root, 'packages')).filter(
  (name) => manifestOf(name).private !== true,
)

describe.each(published)('packages/%s, as it would be published,', (name) => {
  const { exports, bin = {} } = manifestOf(name)
  let tarball = ''

  beforeAll(async () => {
    const { exitCode, output } = await node([tools.tsc, '-b', `packages/${name}`])
    expect(exitCode, output).toBe(0)
    tarball = await pack(join(root, 'packages', name))
  })

  it('is well-formed', async () => {
    const { exitCode, output } = await publint(tarball)
    expect(exitCode, output).toBe(0)
  })

  it.runIf(exports !== undefined)('has types that every ESM project resolves', async () => {
    const { exitCode, output } = await attw(tarball)
    expect(exitCode, output).toBe(0)
  })

  it('holds what it promises, and neither tests nor build records', async () => {
    const { output } = await command('tar', ['-tzf', tarball])
    const entries = exports === undefined ? Object.values(bin) : ['./dist/index.js']
    for (const entry of entries) expect(output).toContain(entry.replace('./', 'package/'))
    expect(output).not.toMatch(/\.test\.|tsbuildinfo/)
  })
})

describe('the checks', () => {
  /** Packs a package of these files, whose manifest promises an entry and its types. */
  function packed(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const folder = join(temporary, name)
    const entry = { types: './index.d.ts', default: './index.js' }
    const manifest = JSON.stringify({ name, version: '1.0.0', type: 'module', exports: entry })
    mkdirSync(folder)
    for (const [file, text] of Object.entries({ ...files, 'package.json': manifest })) {
      writeFileSync(join(folder, file), text)
    }
    return pack(folder)
  }

  it('refuse a package without the files it promises', async () => {
    const tarball = await packed('missing-files', { 'index.js': 'export {}' })
    expect(await publint(tarball)).toMatchObject({ exitCode: 1 })
  })

  it('refuse types that only a bundler resolves', async () => {
    const files = { 'index.js': 'export {}', 'index.d.ts': "export * from './part'" }
    const tarball = await packed('missing-extension', { ...files, 'part.d.ts': 'export {}' })
    expect(await attw(tarball)).toMatchObject({ exitCode: 1 })
  })
})
