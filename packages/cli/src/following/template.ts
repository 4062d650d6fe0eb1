import { Liquid } from 'liquidjs'
import { stringify } from 'dot-properties'
import type { Value } from '@grapevine/core'
import type { Entry } from '@grapevine/peer'
import { below, textOf, within } from '../formats/flat-names.js'
import { badFile } from '../formats/place.js'
import { marked } from '../formats/tree.js'
import { isSealed } from '../shown/shown-value.js'

export interface Template {
  /** Throws where a key is missing that has no default. */
  render(entries: readonly Entry[]): Promise<string>
}

interface TemplateOptions {
  readonly source: string
  readonly file: string
  /** What names in the template leave away. */
  readonly prefix: string
  /** Whether a prefix without keys is nothing to stop at. */
  readonly allowEmpty: boolean
}

/** More is a loop that was not meant, and would take the memory of this machine. */
const renderMsMax = 10_000
const renderItemsMax = 32 * 1024 * 1024

/** A template in Liquid: it reads what it is given, and neither files nor anything that runs. */
export function openTemplate({ source, file, prefix, allowEmpty }: TemplateOptions): Template {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    // Includes would read files beside the template.
    templates: {},
    renderLimit: renderMsMax,
    memoryLimit: renderItemsMax,
    outputEscape: bare,
  })
  let shown: readonly Entry[] = []
  for (const [name, escape] of Object.entries(escapes)) {
    liquid.registerFilter(name, { raw: true, handler: (value: Value) => escape(value) })
  }
  liquid.registerFilter('under', (given: unknown) => {
    const start = `${below(prefix, String(given)).replace(/\/$/, '')}/`
    const found = shown.filter(({ key }) => key.startsWith(start))
    if (found.length === 0 && !allowEmpty) throw new Error(`no key begins with ${start}`)
    return found.map((entry) => {
      const item = { key: entry.key, name: within(start, entry.key) }
      return define(item, 'value', entry)
    })
  })
  const parsed = telling(file, () => liquid.parse(source))
  return {
    async render(entries) {
      shown = entries
      const scope = scopeOf(entries, prefix)
      try {
        return (await liquid.render(parsed, scope)) as string
      } catch (error) {
        throw faultIn(file, error)
      }
    },
  }
}

/** Names inside names, and all in `keys` by their whole names. */
function scopeOf(entries: readonly Entry[], prefix: string): object {
  const [root, keys]: readonly [object, object] = [{}, {}]
  for (const entry of entries) {
    const name = within(prefix, entry.key)
    define(keys, entry.key, entry)
    if (name === '') continue
    define(keys, name, entry)
    const segments = name.split('/')
    const last = segments.pop() ?? ''
    const branch = segments.reduce(branchOf, root)
    // With keys below it, those are what its name leads to; `keys` has it all the same.
    if (!Object.hasOwn(branch, last)) define(branch, last, entry)
  }
  Object.defineProperty(root, 'keys', { value: keys, enumerable: true })
  return root
}

const branches = new WeakSet<object>()

function branchOf(around: object, segment: string): object {
  const there: unknown = Object.getOwnPropertyDescriptor(around, segment)?.value
  if (typeof there === 'object' && there !== null && branches.has(there)) return there
  const branch = {}
  branches.add(branch)
  Object.defineProperty(around, segment, { value: branch, enumerable: true, configurable: true })
  return branch
}

/** Refuses a secret when it is read, and not before. */
function define(around: object, name: string, { key, value }: Entry): object {
  const get = (): unknown => {
    if (!isSealed(value)) return value
    throw new Error(
      `${key} is a secret: no file gets it; grapevine exec --secrets hands it to a program`,
    )
  }
  return Object.defineProperty(around, name, { get, enumerable: true, configurable: true })
}

/** What stands in a template as it is must not end the line it stands in. */
function bare(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') {
    throw new Error(`a list or a mapping stands here: put it through a filter, such as | json`)
  }
  if (!/[\u0000-\u001f\u007f]/.test(value)) return value
  throw new Error(
    `a text with more than one line, or with control characters, stands here: put it through a filter (${Object.keys(escapes).join(', ')}), or through raw`,
  )
}

/** How a value is written into a file of this kind, with the quotes that belong to it. */
const escapes: Readonly<Record<string, (value: Value) => string>> = {
  json: (value) => JSON.stringify(marked(value)),
  // Every JSON is YAML.
  yaml: (value) => JSON.stringify(marked(value)),
  sh(value) {
    const text = textOf(value)
    if (text.includes('\u0000')) throw new Error('no shell takes a text with the character U+0000')
    return `'${text.replaceAll("'", `'\\''`)}'`
  },
  properties: (value) =>
    stringify([['', textOf(value)]], { keySep: '=', lineWidth: null }).slice(1),
  nginx(value) {
    const text = textOf(value)
    if (/[$\u0000-\u001f\u007f]/.test(text)) {
      throw new Error('nginx has no way to write "$" or a control character in a text')
    }
    return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
  },
}

function telling<T>(file: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw faultIn(file, error)
  }
}

interface LiquidFault {
  readonly token?: { getPosition(): readonly [number, number] }
  readonly originalError?: Error
}

function faultIn(file: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const { token, originalError } = error as Error & LiquidFault
  const [line, column] = token?.getPosition() ?? []
  const why = (originalError ?? error).message.replace(/, (file|line):.*$/s, '')
  const [, missing] = /^undefined variable: (.*)$/.exec(why) ?? []
  if (missing === undefined) return badFile({ file, line, column }, why)
  return badFile(
    { file, line, column },
    `there is no ${missing}`,
    `write it, or give it a default: {{ ${missing} | default: "…" }}`,
  )
}
