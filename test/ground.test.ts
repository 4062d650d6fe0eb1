import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { node, root } from '../scripts/command.ts'
import type { Ended } from '../scripts/command.ts'

const bootstrap = join(root, 'scripts/bootstrap.cjs')

describe('bootstrap', () => {
  /** Runs its file against a Node of this version: what it printed, or that it went on. */
  function startedOn(version: string): string[] {
    const said: string[] = []
    const require = (name: string): unknown =>
      name === './setup.cjs' ? { main: () => said.push('went on') } : createRequire(bootstrap)(name)
    runInNewContext(readFileSync(bootstrap, 'utf8'), {
      require,
      console: { error: (line: string) => said.push(line) },
      process: { argv: [], version, exit: (code: number) => said.push(`exit ${code}`) },
    })
    return said
  }

  it.each(['v10.24.1', 'v18.20.8', 'v20.18.3'])(
    'tells Node %s in one line what is needed',
    (version) => {
      const line = `Grapevine needs Node 20.19 or newer; this is Node ${version}`
      expect(startedOn(version)).toEqual([line, 'exit 1'])
    },
  )

  it.each(['v20.19.0', 'v22.0.0', 'v26.10.0'])('goes on with Node %s', (version) => {
    expect(startedOn(version)).toEqual(['went on'])
  })
})

describe('npm test', () => {
  const folders: string[] = []

  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  const parts = ['command.ts', 'stalled.ts', 'stalled-reports.ts', 'tally.ts', 'test.ts']

  /** Runs the real script in a small repository: its last line and its exit code. */
  async function tested(files: Readonly<Record<string, string>>): Promise<[string, number]> {
    const { exitCode, output } = await run(files)
    return [output.trimEnd().split('\n').at(-1) ?? '', exitCode]
  }

  async function run(files: Readonly<Record<string, string>>): Promise<Ended> {
    const folder = mkdtempSync(join(tmpdir(), 'ground-'))
    folders.push(folder)
    mkdirSync(join(folder, 'scripts'))
    for (const name of parts) {
      copyFileSync(join(root, 'scripts', name), join(folder, 'scripts', name))
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    for (const [name, text] of Object.entries({ ...compiling, ...files })) {
      writeFileSync(join(folder, name), text)
    }
    const script = ['--import', 'tsx', 'scripts/test.ts', '--globals']
    return node(script, { cwd: folder, env: { ...process.env, STALLED_AFTER_MS: '4000' } })
  }

  const compiling = {
    'package.json': '{ "type": "module" }',
    'tsconfig.json': '{ "compilerOptions": { "noEmit": true }, "files": ["main.ts"] }',
    'main.ts': 'export const answer: number = 42',
  }
  const passing = { 'a.test.js': "it('holds', () => {})\nit('holds as well', () => {})" }

  it('ends with the count of what passed', async () => {
    expect(await tested(passing)).toEqual(['2 passed, 0 failed', 0])
  })

  it('counts a failing test, a file that does not load and a test left out', async () => {
    const files = {
      ...passing,
      'b.test.js': "it('does not hold', () => expect(1).toBe(2))\nit.skip('is left out', () => {})",
      'c.test.js': "import './missing.js'\nit('is never reached', () => {})",
    }
    expect(await tested(files)).toEqual(['2 passed, 2 failed, 1 skipped', 1])
  })

  it('counts sources that do not compile', async () => {
    const files = { ...passing, 'main.ts': "export const answer: number = 'many'" }
    expect(await tested(files)).toEqual(['2 passed, 1 failed', 1])
  })

  it('fails when a runner does not get as far as counting', async () => {
    const files = { ...passing, 'vitest.config.js': "throw new Error('broken configuration')" }
    expect(await tested(files)).toEqual(['0 passed, 1 failed', 1])
  })

  it('ends what never comes back, and says which test that is', async () => {
    const files = { 'a.test.js': "it('holds', () => {})", 'b.test.js': 'for (;;) Math.sqrt(2)' }
    const { exitCode, output } = await run(files)
    expect(exitCode).toBe(1)
    expect(output).toMatch(/still running: .*b\.test\.js/)
    expect(output).toMatch(/process \d+ does not come back to its event loop/)
  })

  it('fails when there is no test at all', async () => {
    expect(await tested({})).toEqual(['0 passed, 1 failed', 1])
  })
})
