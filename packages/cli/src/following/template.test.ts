import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkKey } from '@grapevine/core'
import type { Entry } from '@grapevine/peer'
import { parseLines } from 'dot-properties'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { writeEnv } from '../formats/env.js'
import { openTemplate } from './template.js'

const entriesOf = (values: Readonly<Record<string, string>>): readonly Entry[] =>
  Object.entries(values).map(([key, value]) => ({ key: checkKey(key), value }) as unknown as Entry)

const rendered = async (
  source: string,
  values: Readonly<Record<string, string>>,
): Promise<string> =>
  openTemplate({ source, file: 'x', prefix: '', allowEmpty: false }).render(entriesOf(values))

/** What is aimed at files that are written from values. */
const marks = [
  '\n',
  '\r\n',
  '\r',
  '\t',
  '"',
  "'",
  '`',
  '\\',
  '\\n',
  '$(touch pwned)',
  '`touch pwned`',
  '$HOME',

  '${IFS}',
  '; touch pwned;',
  '| touch pwned',
  '&',
  '{{ x }}',
  '{% x %}',
  '}}',
  '&anchor',
  '*anchor',

  '!!js',
  '---',
  ': ',
  '- ',
  '#',
  '=',
  '!',
  '%',
  ']',
  '}',
  ',',
  ' ',
  '\u0085',
  '\u2028',
  '\ufeff',
  '😀',
  '\'\n"',
  'A=1',
  '\nEVIL=1\n',
  "';",
  '";',
  '\u007f',
  '\u0001',
  'é',
]
const payloads = fc
  .sample(
    fc.array(fc.oneof(fc.constantFrom(...marks), fc.string({ unit: 'binary', maxLength: 3 })), {
      minLength: 1,
      maxLength: 8,
    }),
    { numRuns: 1_000, seed: 12 },
  )
  .map((parts) => parts.join(''))

const inFolder = async <T>(act: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-template-'))
  try {
    return await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a shell has in these variables after it has read a file. */
const inShell = (file: string, names: readonly string[], cwd: string): readonly string[] => {
  const script = `. "$1"; shift; for name; do eval "value=\\$$name"; printf '%s\\0' "$value"; done`
  const out = execFileSync('/bin/sh', ['-c', script, 'sh', file, ...names], {
    cwd,
    env: {},
    maxBuffer: 64 * 1024 * 1024,
    timeout: 30_000,
  })
  return out.toString().split('\0').slice(0, -1)
}

describe('C12: a value that is aimed at the file it is written into', () => {
  const values = Object.fromEntries(payloads.map((text, at) => [`k${at}`, text]))
  const linesWith = (filter: string): string =>
    payloads.map((_, at) => `{{ k${at} | ${filter} }}`).join(',\n')

  it('C12: is read back from JSON and YAML as it was', async () => {
    const json = await rendered(`[${linesWith('json')}]`, values)
    expect(JSON.parse(json)).toEqual(payloads)
    const yaml = await rendered(payloads.map((_, at) => `- {{ k${at} | yaml }}`).join('\n'), values)
    expect(parse(yaml)).toEqual(payloads)
  })

  it('C12: is read back from .properties as it was', async () => {
    const source = payloads.map((_, at) => `k${at}={{ k${at} | properties }}`).join('\n')
    const read = parseLines(await rendered(source, values))
    expect(read).toEqual(payloads.map((text, at) => [`k${at}`, text]))
  })

  it('C12: is read back by a shell as it was, and runs nothing', async () => {
    const usable = payloads.filter((text) => !text.includes('\u0000'))
    expect(usable.length).toBeGreaterThan(900)
    await inFolder(async (folder) => {
      const some = Object.fromEntries(usable.map((text, at) => [`k${at}`, text]))
      const source = usable.map((_, at) => `k${at}={{ k${at} | sh }}`).join('\n')
      const file = join(folder, 'values.sh')
      await writeFile(file, await rendered(source, some))
      expect(inShell(file, Object.keys(some), folder)).toEqual(usable)
      expect(await readdir(folder)).toEqual(['values.sh'])
    })
    await expect(rendered('{{ k | sh }}', { k: '\u0000' })).rejects.toThrow('U+0000')
  })

  it('C12: is read back from an exported .env by a shell as it was, or is refused', async () => {
    const lines = payloads.map((text, at) => {
      try {
        return writeEnv([{ key: `k${at}`, value: text }], '')
      } catch (error) {
        if (!String(error).includes('no line of .env')) throw error
        return undefined
      }
    })
    const written = payloads.filter((_, at) => lines[at] !== undefined)
    expect(written.length).toBeGreaterThan(500)
    await inFolder(async (folder) => {
      const file = join(folder, 'values.env')
      await writeFile(file, lines.filter((line) => line !== undefined).join(''))
      const names = payloads.flatMap((_, at) => (lines[at] === undefined ? [] : [`K${at}`]))
      expect(inShell(file, names, folder)).toEqual(written)
      expect(await readdir(folder)).toEqual(['values.env'])
    })
  })

  it('C12: is one text for nginx, or refused', async () => {
    for (const text of payloads) {
      const said = await rendered('{{ k | nginx }}', { k: text }).catch(() => undefined)
      const [, inside] = /^"((?:[^"\\$\n]|\\["\\])*)"$/.exec(said ?? '') ?? []
      const isRefused = said === undefined && /[$\u0000-\u001f\u007f]/.test(text)
      expect(isRefused || inside?.replaceAll(/\\(.)/g, '$1') === text, text).toBe(true)
    }
  })

  it('C12: without a filter stays on its line, or is refused', async () => {
    for (const text of payloads) {
      const said = await rendered('{{ k }}', { k: text }).catch(() => '')
      expect(said).not.toMatch(/[\u0000-\u001f\u007f]/)
    }
    // What a value says is never read as a template.
    expect(await rendered('{{ k }}', { k: '{{ other }}', other: 'x' })).toBe('{{ other }}')
  })
})

describe('C13: a template that wants more than values', () => {
  it.each([
    '{% include "/etc/passwd" %}',
    '{% render "/etc/passwd" %}',
    '{% layout "/etc/passwd" %}',
    '{% include k %}',
    '{{ process.env.HOME }}',
    '{{ k.constructor }}',
    '{{ k.constructor.constructor }}',
    '{{ keys.constructor }}',
    '{{ keys.__proto__ }}',
    '{{ __proto__.constructor }}',
    '{{ globalThis.process }}',
    '{{ this }}',
  ])('C13: %s is refused, and reads nothing', async (source) => {
    await expect(rendered(source, { k: '/etc/passwd' })).rejects.toThrow(/^x:1:\d+: /)
  })
})
