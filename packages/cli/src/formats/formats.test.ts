import { checkKey, copyValue, sameValue } from '@grapevine/core'
import type { Value } from '@grapevine/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEnv, writeEnv } from './env.js'
import { meant } from './flat-names.js'
import type { Keyed } from './flat-names.js'
import { readJson, writeJson } from './json.js'
import { readProperties, writeProperties } from './properties.js'
import { readToml, writeToml } from './toml.js'
import { saidIn } from './tree.js'
import type { Tree } from './tree.js'
import { readYaml, writeYaml } from './yaml.js'

const trees = {
  yaml: { read: readYaml, write: writeYaml },
  json: { read: readJson, write: writeJson },
  toml: { read: readToml, write: writeToml },
} as const

const flats = {
  env: { read: readEnv, write: writeEnv },
  properties: { read: readProperties, write: writeProperties },
} as const

const segments = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'db',
    'pool.max',
    '$value',
    '$$value',
    '$bytes',
    '$json',
    '1',
    '01',
    'on',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '<<',
    '~',
    'null',
    '#',
    'a b',
    'Größe',
    '😀',
    '-',
    '"',
    "'",
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
)
const keys = fc
  .array(segments, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
  .filter((key) => isUsable(() => checkKey(key)))

const scalars = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    '1',
    '01',
    '0x1f',
    '1e3',
    'true',
    'no',
    'null',
    '~',
    '2020-01-01',
    '.inf',
    '-',
  ),
  fc.constantFrom(
    'a\nb',
    'a\n',
    '\n',
    ' a\n b ',
    '\t',
    'a\r\nb',
    '# x',
    'a: b',
    '%x',
    '{',
    '- a',
    "it's",
    '"x"',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(2 ** 53, 2 ** 60, 1e21, -1e21, 5e-324, 1.797e308),
  fc.boolean(),
  fc.constant(null),
)
const values = fc
  .letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalars,
      fc.uint8Array({ maxLength: 20 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 3 }),
    ),
  }))
  .value.filter((value) => isUsable(() => copyValue(checkKey('a'), value)))

const meshes: fc.Arbitrary<readonly Keyed[]> = fc
  .uniqueArray(fc.record({ key: keys, value: values }), {
    selector: ({ key }) => key,
    maxLength: 12,
  })
  .map((entries) =>
    entries.map(({ key, value }) => ({ key, value: copyValue(checkKey(key), value) })),
  )

function isUsable(check: () => unknown): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}

/** What a format without types cannot say is refused; the other tests say what that is. */
function unlessRefused(write: () => string): string | undefined {
  try {
    return write()
  } catch (error) {
    if (/would both be called|no line of \.env/.test(String(error))) return undefined
    throw error
  }
}

const byKey = (entries: readonly Keyed[]): readonly Keyed[] =>
  [...entries].sort((a, b) => (a.key < b.key ? -1 : 1))

/** Empty: they say the same. */
function between(some: readonly Keyed[], others: readonly Keyed[]): readonly string[] {
  const [left, right] = [byKey(some), byKey(others)]
  const odd = left.filter(({ key, value }, at) => {
    const other = right[at]
    return other?.key !== key || !sameValue(value, other.value)
  })
  if (left.length !== right.length) return [`${left.length} keys, and ${right.length}`]
  return odd.map(({ key, value }) => `${key} ${JSON.stringify(value)}`)
}

describe('a format with names inside names', () => {
  it.each(Object.entries(trees))(
    'says as %s what is there, and is read as just that',
    (_, format) => {
      fc.assert(
        fc.property(meshes, (entries) => {
          const read = saidIn(format.read(format.write(entries), 'file'), '')
          expect(between(read, entries)).toEqual([])
        }),
        { numRuns: 300 },
      )
    },
  )

  const valuesIn = (tree: Tree, prefix = ''): Readonly<Record<string, unknown>> =>
    Object.fromEntries(saidIn(tree, prefix).map(({ key, value }) => [key, value]))

  it('has segments of keys in its mappings, and values in what they lead to', () => {
    const source = `
payments:
  db/pool: 5
  hosts: [a, {b: 1}]
  limits:
    $value: { daily: 500 }
    weekly: 900
  logo: { $bytes: AAEC }
  $$value: text
  nothing:
`
    expect(valuesIn(readYaml(source, 'x'), 'shop')).toEqual({
      'shop/payments/db/pool': 5,
      'shop/payments/hosts': ['a', { b: 1 }],
      'shop/payments/limits': { daily: 500 },
      'shop/payments/limits/weekly': 900,
      'shop/payments/logo': new Uint8Array([0, 1, 2]),
      'shop/payments/$value': 'text',
      'shop/payments/nothing': null,
    })
  })

  it('takes names in YAML as they are written, and what aliases and merges bring', () => {
    const source = `
base: &base { pool: 5, host: a }
on: { <<: *base, host: b }
0x10: !!binary AAEC
'<<': 1
list: &list [1]
also: *list
`
    expect(valuesIn(readYaml(source, 'x'))).toEqual({
      'base/pool': 5,
      'base/host': 'a',
      'on/pool': 5,
      'on/host': 'b',
      '0x10': new Uint8Array([0, 1, 2]),
      '<<': 1,
      list: [1],
      also: [1],
    })
  })

  it('takes dates in TOML as texts', () => {
    expect(valuesIn(readToml('a = 2026-01-02\nb = 2026-01-02T03:04:05Z', 'x'))).toEqual({
      a: '2026-01-02',
      b: '2026-01-02T03:04:05.000Z',
    })
  })

  it.each([
    ['a: 1\nb: [1\nc: 2\n', /^x:\d+:\d+: it is no YAML: /],
    ['a: 1\na: 2\n', /^x:2:1: it is no YAML: Map keys must be unique/],
    ['a: 1\n--- \nb: 2\n', /^x:2:1: a second document begins here/],
    ['a: !secret x\n', /^x:1:4: it is no YAML: Unresolved tag: !secret/],
    ['a:\n  b: 9007199254740993\n', /^x:2:6: 9007199254740993 is more than a number holds exactly/],
    ['a: [1, 9007199254740993]\n', /^x:1:4: 9007199254740993 is more/],
    ['a: .nan\n', /^x:1:4: value for a cannot be used: it has the number NaN/],
    ['a: *b\n', /^x:1:4: nothing before it is called &b/],
    ['a: &a {b: *a}\n', /^x:1:\d+: it is nested too deeply, or in itself/],
    ['a: &a [*a]\n', /^x:1:\d+: it cannot be read: /],
    ['- a\n', /^x:1:1: it holds no names/],
    ['a: {b/../c: 1}\n', /^x:1:13: key "a\/b\/\.\.\/c" cannot be used: it has the segment "\.\."/],
    ['? [a]\n: 1\n', /^x:1:3: here stands no name/],
    [
      `a: ${'x'.repeat(1_100_000)}`,
      /^x:1:4: value for a cannot be used: it takes 1100005 bytes, the limit is 1048576/,
    ],
  ])('refuses the YAML %.40j with line and column', (source, message) => {
    expect(() => saidIn(readYaml(source, 'x'), '')).toThrow(message)
  })

  it('refuses aliases of aliases of aliases', () => {
    const lines = Array.from({ length: 30 }, (_, at) =>
      at === 0 ? 'a0: &a0 {x: 1}' : `a${at}: &a${at} {x: *a${at - 1}, y: *a${at - 1}}`,
    )
    expect(() => saidIn(readYaml(lines.join('\n'), 'x'), '')).toThrow('x:')
  })

  it.each([
    ['{"a": 1,}', 'x: a name in double quotes is missing (line 1, column 9)'],
    ['{\n  "a": 1\n  "b": 2}', 'x: "}" is missing (line 3, column 3)'],
    ['{"a": 1, "a": 2}', 'x: the member "a" is there twice (line 1, column 10)'],
    ['', 'x: it ends before its value does'],
  ])('refuses the JSON %j with line and column', (source, message) => {
    expect(() => readJson(source, 'x')).toThrow(message)
  })

  it.each([
    ['a = 1\na = 2', /^x:2:\d+: it is no TOML: /],
    ['a = ', /^x:1:\d+: it is no TOML: /],
    ['[t]\na = 9007199254740993', /^x: t\.a is 9007199254740993, more than a number holds exactly/],
  ])('refuses the TOML %j', (source, message) => {
    expect(() => readToml(source, 'x')).toThrow(message)
  })
})

describe('a format without types', () => {
  it.each(Object.entries(flats))(
    'says as %s what is there, and changes nothing of it',
    (name, format) => {
      const flat = name as keyof typeof flats
      let tried = 0
      fc.assert(
        fc.property(meshes, (entries) => {
          const source = unlessRefused(() => format.write(entries, ''))
          if (source === undefined) return
          tried++
          const read = format.read(source, 'file').map((saying) => meant(flat, saying, entries, ''))
          expect(between(read, entries)).toEqual([])
        }),
        { numRuns: 500 },
      )
      expect(tried).toBeGreaterThan(100)
    },
  )

  const there: readonly Keyed[] = [
    { key: 'shop/db/pool-max', value: 5 },
    { key: 'shop/open', value: true },
    { key: 'shop/zip', value: '01234' },
    { key: 'shop/hosts', value: ['a'] },
  ]

  it.each([
    ['DB_POOL_MAX', '7', 'shop/db/pool-max', 7],
    ['DB_POOL_MAX', 'many', 'shop/db/pool-max', 'many'],
    ['OPEN', 'false', 'shop/open', false],
    ['ZIP', '99', 'shop/zip', '99'],
    ['HOSTS', '["b"]', 'shop/hosts', ['b']],
    ['HOSTS', '{"b": 1}', 'shop/hosts', '{"b": 1}'],
    ['DATABASE_URL', '5', 'shop/DATABASE_URL', '5'],
  ])('%s=%s is meant by what is there', (name, text, key, value) => {
    expect(meant('env', { name, text }, there, 'shop')).toEqual({ key, value })
  })

  it('has segments between the dots of .properties', () => {
    const read = readProperties('# c\n\ndb.pool = 5\nplain/key : x\n', 'x')
    expect(read.map(({ place }) => place.line)).toEqual([3, 4])
    expect(read.map((one) => meant('properties', one, [], 'shop').key)).toEqual([
      'shop/db/pool',
      'shop/plain/key',
    ])
  })

  it('reads .env as Node does, and says the line of what it refuses', () => {
    const source = `# a comment\nexport A='one\ntwo' # more\n\nB = "x\\ny"\nC=plain # no\n`
    expect(readEnv(source, 'x').map(({ name, text, place }) => [name, text, place.line])).toEqual([
      ['A', 'one\ntwo', 2],
      ['B', 'x\ny', 5],
      ['C', 'plain', 6],
    ])
    expect(() => readEnv('A=1\nno value\n', 'x')).toThrow('x:2: it has no NAME=value')
    expect(() => readEnv(`A=1\nB='x\n`, 'x')).toThrow("x:2: the quote ' does not end")
  })

  it('writes no line that a shell would run', () => {
    const source = writeEnv(
      [
        { key: 'a', value: '$(id) `id`' },
        { key: 'b', value: "it's" },
      ],
      '',
    )
    expect(source).toBe(`A='$(id) \`id\`'\nB="it's"\n`)
    expect(() => writeEnv([{ key: 'a', value: `it's $(id)` }], '')).toThrow(
      'no line of .env can hold',
    )
  })

  it('refuses two keys with one name', () => {
    const entries = [
      { key: 'a/b', value: 1 },
      { key: 'a.b', value: 2 },
    ]
    expect(() => writeEnv(entries, '')).toThrow('a/b and a.b would both be called A_B')
    expect(() => writeProperties(entries, '')).toThrow('would both be called a.b')
  })
})
