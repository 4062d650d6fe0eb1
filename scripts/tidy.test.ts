import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe as group, expect, it } from 'vitest'
import { root } from './command.ts'
import { describe, findViolations } from './tidy.ts'

/** Writes a little repository and lists what tidy finds in it, as `file:line rule`. */
function violationsIn(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tidy-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return findViolations(folder).map(({ file, line, rule }) => `${file}:${line} ${rule}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const manifest = { 'packages/core/package.json': '{ "exports": "./dist/index.js" }' }

/** What tidy finds in a source file of core: the rules, each with its line. */
function violationsOfCore(...lines: string[]): string[] {
  const found = violationsIn({ ...manifest, 'packages/core/src/index.ts': lines.join('\n') })
  return found.map((line) => line.replace('packages/core/src/index.ts:', ''))
}

const numbered = (line: string) => (_: unknown, index: number) => `${line}${index}`
const manyLines = (count: number): string =>
  Array.from({ length: count }, numbered('//')).join('\n')

it('finds nothing in this repository', () => {
  expect(findViolations(root).map(describe)).toEqual([])
})

group('purity', () => {
  it.each([
    "import 'node:fs'",
    "import { multiaddr } from '@multiformats/multiaddr'",
    "export * from 'libp2p'",
    "import '../../peer/src/index.js'",
    "export const later = () => import('./later.js')",
    'export const now = Date.now()',
    'export type When = Date',
    'export const now = performance.now()',
    'export const luck = Math.random()',
    "export const luck = Math['random']()",
    'export const id = crypto.randomUUID()',
    'setTimeout(() => {}, 1)',
    'setInterval(() => {}, 1)',
    'setImmediate(() => {})',
    'queueMicrotask(() => {})',
    'export const home = process.env',
    'export const all = globalThis',
    'export const wait = async () => {}',
    'export class Waiter { async wait() {} }',
    'export type Later = Promise<void>',
    "export const order = 'a'.localeCompare('b')",
  ])('refuses %s', (line) => {
    expect(violationsOfCore(line)).toContain('1 purity')
  })

  it.each([
    "import { encode } from '@ipld/dag-cbor'",
    "import { equals } from 'uint8arrays/equals'",
    "import './stamp.js'",
    "export const text = 'Date.now() and Math.random()' // process, setTimeout",
    'export const read = (crypto: { sign(): void }) => crypto.sign()',
    'export const state = { process: 1 }.process',
  ])('accepts %s', (line) => {
    expect(violationsOfCore(line)).toEqual([])
  })
})

group('order', () => {
  it.each([
    'export const f = (m: Map<string, 1>) => { for (const [k] of m) k }',
    'export const f = (m: ReadonlySet<string>) => [...m]',
    'export const f = (m: ReadonlySet<string>) => Array.from(m)',
    'export const f = (m: Map<string, 1>) => m.forEach(() => {})',
    'export const f = (m: Map<string, 1> | undefined) => [...(m ?? [])]',
    'export const f = (m: { keys(): Iterable<string> }) => [...m.keys()]',
    'export const f = (m: Map<string, 1>) => { const [first] = m; return first }',
    'export const f = (o: object) => Object.keys(o)',
    'export const f = () => { const seen = new Set<string>(); return [...seen] }',
    'type V = ReadonlyMap<string, 1>; type W = { v: V }; export const f = (w: W) => [...w.v]',
    'type W = { v: Set<1> }; export const f = ({ v }: W) => [...v]',
    'const g = (): Set<1> => new Set(); export const f = () => { const s = g(); return [...s] }',
    'export class C { #m = new Map<string, 1>(); f() { for (const _ of this.#m); } }',
    'export const f = (m: Map<string, 1>) => [...m.keys()] // order:',
  ])('refuses %s', (line) => {
    expect(violationsOfCore(line)).toEqual(['1 order'])
  })

  it.each([
    'export const f = (m: Map<string, 1>) => [...m.keys()].sort()',
    'export const f = (m: Map<string, 1>) => Array.from(m).map(([k]) => k).toSorted()',
    'export const f = (m: Map<string, 1>, sortedKeys: Function) => sortedKeys(m.keys())',
    'export const f = (m: Map<string, 1>) => new Map(m.entries())',
    'export const f = (m: Map<string, 1>) => Math.max(...m.values()) // order: a maximum has none',
    'export const f = (list: readonly string[]) => { for (const [i] of list.entries()) i }',
    'export const f = (list: readonly string[]) => list.forEach(() => {})',
    'export const f = (m: Set<1>) => m.size, g = (m: 1[]) => [...m]',
  ])('accepts %s', (line) => {
    expect(violationsOfCore(line)).toEqual([])
  })
})

group('exports', () => {
  it('refuses an export that nobody imports', () => {
    const found = violationsIn({
      ...manifest,
      'packages/core/src/index.ts': "export { alive } from './stamp.js'",
      'packages/core/src/stamp.ts': 'export const alive = 1\nexport const dead = 2',
    })
    expect(found).toEqual(['packages/core/src/stamp.ts:2 dead export'])
  })

  it('accepts one that only a test imports', () => {
    const found = violationsIn({
      ...manifest,
      'packages/core/src/stamp.ts': 'export const alive = 1',
      'packages/core/src/stamp.test.ts': "import { alive } from './stamp.js'\nalive",
    })
    expect(found).toEqual([])
  })
})

group('leftovers', () => {
  // Put together here, so that tidy does not find them in this file.
  const path = (...parts: string[]): string => ['', ...parts].join('/')
  const host = ['registry', 'example', 'org'].join('.')

  it.each([
    ['unfinished', '// TODO: later'],
    ['unfinished', '/* FIXME */'],
    ['silenced compiler', '// @ts-ignore'],
    ['silenced compiler', '// @ts-nocheck'],
    ['debugger', 'debugger'],
    ['console', 'console.log(1)'],
    ['any', 'export const f = (x: any) => x'],
    ['any', 'export const x = 1 as any'],
    ['machine path', `export const x = '${path('home', 'alice', 'mesh')}'`],
    ['machine path', `// see ${path('Users', 'alice')}`],
    ['registry host', `export const x = 'https:${path('', host)}'`],
    ['registry host', `// ${host}`],
  ])('refuses %s: %s', (rule, line) => {
    expect(violationsOfCore(line)).toContain(`1 ${rule}`)
  })

  it.each([
    ['test left out', "it.only('x', () => {})"],
    ['test left out', "describe.skip('x', () => {})"],
    ['test left out', "test.concurrent.todo('x')"],
    ['sleep', 'setTimeout(done, 10)'],
    ['sleep', 'await sleep(10)'],
    ['child without end', "spawnSync('cat', ['file'])"],
  ])('refuses %s in a test: %s', (rule, line) => {
    const found = violationsIn({ 'test/a.test.ts': line })
    expect(found).toEqual([`test/a.test.ts:1 ${rule}`])
  })

  it('refuses a download address in the lockfile', () => {
    const found = violationsIn({ 'pnpm-lock.yaml': 'a:\n  tarball: b.tgz' })
    expect(found).toEqual(['pnpm-lock.yaml:2 download address'])
  })

  it('does not mind the same words in a string', () => {
    expect(violationsOfCore("export const x = 'TODO debugger it.only : any @ts-ignore'")).toEqual(
      [],
    )
  })
})

group('size', () => {
  it('refuses a long file in a package', () => {
    expect(violationsOfCore(manyLines(401))).toEqual(['1 file size'])
    expect(violationsOfCore(manyLines(400))).toEqual([])
  })

  it('refuses a long function', () => {
    const body = (lines: number): string => `const f = () => {\n${manyLines(lines - 2)}\n}`
    expect(violationsOfCore('', body(71))).toEqual(['2 function size'])
    expect(violationsOfCore('', body(70))).toEqual([])
  })
})
