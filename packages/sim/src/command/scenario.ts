import { BadInput, meant } from './bad-input.js'
import { faultName, faultNames, formOf, parseFault, parseFaults } from './faults.js'
import type { FaultName, FaultWish } from './faults.js'
import { duration } from './units.js'
import { wish, wishForms, wishNames } from './wishes.js'
import type { Wishes } from './wishes.js'
import { readWritten } from './written.js'
import type { Written, WrittenField } from './written.js'

/** What an engineer keeps in a file: a sentence about it, and what it asks for. */
export interface Scenario {
  readonly title: string | undefined
  readonly wishes: Wishes
}

/** The files beside the sources, in `scenarios/`. */
export const readyMade = [
  'two-datacentres',
  'flaky-wifi',
  'rolling-restart',
  'bad-clock',
  'long-absence',
  'hostile-member',
] as const

/** Reads a scenario file; whatever is wrong with it is said with its line and column. */
export function parseScenario(source: string, file: string): Scenario {
  const written = readWritten(source, file)
  if (written.kind !== 'fields') {
    throw new BadInput(`${file}: there is no scenario in it, begin with a line like "peers: 20"`)
  }
  let title: string | undefined
  const wishes: Wishes[] = []
  for (const field of written.fields) {
    const { name, value } = field
    if (name === 'name') title = textOf(value, name)
    else if (name === 'faults') wishes.push({ faults: faultsOf(value) })
    else if (sections.has(name)) wishes.push(...sectionOf(name, value))
    else wishes.push(wishOf('', field, topFields))
  }
  return { title, wishes: Object.assign({}, ...wishes) as Wishes }
}

/** `peers` → peers, `network.delay` → delayMs, … */
const wishOfField = new Map(wishNames.map((name) => [wishForms[name].field, name]))
const sections: ReadonlySet<string> = new Set(
  [...wishOfField.keys()]
    .filter((field) => field.includes('.'))
    .map((field) => field.split('.')[0]!),
)
const topFields = ['name', ...new Set([...wishOfField.keys()].map((field) => field.split('.')[0]!))]

function sectionOf(section: string, value: Written): readonly Wishes[] {
  const prefix = `${section}.`
  const names = [...wishOfField.keys()]
    .filter((field) => field.startsWith(prefix))
    .map((field) => field.slice(prefix.length))
  if (value.kind !== 'fields') {
    throw new BadInput(
      `${value.place}: ${section} has fields, write them like ${exampleOf(`${prefix}${names[0]}`)}`,
    )
  }
  return value.fields.map((field) => wishOf(prefix, field, names))
}

function exampleOf(field: string): string {
  const [section, name] = field.split('.')
  return `${section}: { ${name}: ${wishForms[wishOfField.get(field)!].example} }`
}

function wishOf(
  prefix: string,
  { name, place, value }: WrittenField,
  known: readonly string[],
): Wishes {
  const found = wishOfField.get(prefix + name)
  if (found !== undefined) return wish(found, textOf(value, name), `${value.place}: ${name}`)
  const nested = [...wishOfField.keys()].find((field) => field.endsWith(`.${name}`))
  if (prefix === '' && nested !== undefined) {
    const [section] = nested.split('.')
    throw new BadInput(
      `${place}: ${name} belongs to ${section}, write it like ${exampleOf(nested)}`,
    )
  }
  const owner = prefix === '' ? 'a scenario' : prefix.slice(0, -1)
  throw new BadInput(`${place}: ${name} is no field of ${owner}, ${meant(name, known)}`)
}

function textOf(value: Written, name: string): string {
  if (value.kind === 'text') return value.text
  throw new BadInput(
    `${value.place}: ${name} takes one value, not ${value.kind === 'list' ? 'a list' : 'fields'}`,
  )
}

/** One text with all of them, or a list. */
function faultsOf(value: Written): readonly FaultWish[] {
  if (value.kind === 'text') return parseFaults(value.text, `${value.place}: faults`)
  if (value.kind === 'list') return value.items.flatMap(faultOf)
  throw new BadInput(`${value.place}: faults are a list, begin each of them with "- "`)
}

/** `- loss: 5%` or `- { partition: halves, from: 10s, until: 40s }` or `- partition=halves@10s..40s`. */
function faultOf(value: Written): FaultWish {
  if (value.kind === 'text') return parseFault(value.text, value.place)
  if (value.kind === 'list') {
    throw new BadInput(`${value.place}: a fault is no list, write it like "- loss: 5%"`)
  }
  // Fields have no order: what it is called may come after when it happens.
  const named = value.fields.find(({ name }) => isFault(name)) ?? value.fields[0]
  const rest = value.fields.filter((field) => field !== named)
  if (named === undefined) throw new BadInput(`${value.place}: ${faultExample}`)
  const name = faultName(named.name, `${named.place}: ${named.name}`)
  const said = textOf(named.value, name)
  const where = `${named.place}: ${name}${said === '' ? '' : ` ${said}`}`
  const parts = rest.map((field) => partOf(name, field))
  return Object.assign({ name, where }, said === '' ? {} : { value: said }, ...parts) as FaultWish
}

const faultExample = 'an empty fault, write it like "- loss: 5%"'

const isFault = (name: string): boolean => faultNames.some((known) => known === name)

type FaultPart = Partial<Pick<FaultWish, 'detail' | 'fromMs' | 'untilMs'>>

function partOf(fault: FaultName, { name, place, value }: WrittenField): FaultPart {
  const { detail } = formOf(fault)
  const where = `${value.place}: ${name}`
  if (name === 'from' || name === 'at') return { fromMs: duration(textOf(value, name), where) }
  if (name === 'until') return { untilMs: duration(textOf(value, name), where) }
  // Tricks may be a list; on the command line they are joined like this.
  if (name === detail) {
    return { detail: value.kind === 'list' ? joined(value.items, name) : textOf(value, name) }
  }
  const known = ['from', 'until', ...(detail === undefined ? [] : [detail])]
  const advice = isFault(name) ? 'begin another fault with "- "' : meant(name, known)
  throw new BadInput(`${place}: ${name} is no field of ${fault}, ${advice}`)
}

const joined = (items: readonly Written[], name: string): string =>
  items.map((item) => textOf(item, name)).join('+')
