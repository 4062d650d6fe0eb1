import { topics } from '../typed/topics.js'
import { commonOptions, longOf } from '../verb.js'
import type { Option, Verb } from '../verb.js'
import { verbs } from '../verbs.js'
import type { Known } from './known.js'
import type { Line } from './split-line.js'

export interface Candidate {
  readonly value: string
  readonly says: string
}

/** undefined: the shell knows files better. */
type Candidates = readonly Candidate[] | undefined

/** What the word that is being typed may become. `known` tells what the peer here knows. */
export async function candidatesFor({ words, current }: Line, known: Known): Promise<Candidates> {
  const [name, ...rest] = words.filter((word) => !isCommonFlag(word))
  if (name === undefined) return current.startsWith('-') ? optionsOf() : fitting(verbNames, current)
  const verb = await verbs.find((one) => one.name === name)?.load()
  if (verb === undefined || verb.passesOn === 'all') return undefined
  const inline = /^(--[a-z-]+)=(.*)$/s.exec(current)
  if (inline !== null) {
    const [, option = '', typed = ''] = inline
    const values = valuesOf(optionNamed(verb, option), typed)
    return values?.map(({ value, says }) => ({ value: `${option}=${value}`, says }))
  }
  const before = rest.at(-1)
  const open = before === undefined ? undefined : optionNamed(verb, before)
  if (open !== undefined && open.kind !== 'flag') return valuesOf(open, current)
  if (current.startsWith('-')) return fitting(optionsOf(verb), current)
  return argumentsOf(verb, plainWords(verb, rest).length, current, known)
}

const verbNames: readonly Candidate[] = verbs.map(({ name }) => ({ value: name, says: '' }))

const isCommonFlag = (word: string): boolean =>
  Object.entries(commonOptions).some(([name, { kind }]) => kind === 'flag' && longOf(name) === word)

const tableOf = (verb?: Verb): readonly (readonly [string, Option])[] =>
  Object.entries<Option>({ ...verb?.options, ...commonOptions })

const optionsOf = (verb?: Verb): readonly Candidate[] =>
  tableOf(verb).map(([name, { says }]) => ({ value: longOf(name), says }))

const optionNamed = (verb: Verb, typed: string): Option | undefined =>
  tableOf(verb).find(([name, { short }]) => typed === longOf(name) || typed === `-${short}`)?.[1]

/** Of an option: the choices that its usage line names, or files. */
function valuesOf(option: Option | undefined, current: string): Candidates {
  if (option === undefined || option.kind === 'flag') return []
  const { value } = option
  if (/file|folder/.test(value)) return undefined
  const choices = value.slice(1, -1).split('|')
  if (choices.length < 2) return []
  const words = choices.filter((choice) => /^[a-z]+$/.test(choice))
  return fitting(
    words.map((choice) => ({ value: choice, says: '' })),
    current,
  )
}

/** The words that are no options and no values of options. */
const plainWords = (verb: Verb, words: readonly string[]): readonly string[] =>
  words.filter((word, at) => {
    if (word.startsWith('-')) return false
    const before = at === 0 ? undefined : optionNamed(verb, words[at - 1]!)
    return before === undefined || before.kind === 'flag'
  })

/** By what the usage line calls the word at this place. */
async function argumentsOf(
  verb: Verb,
  at: number,
  current: string,
  known: Known,
): Promise<Candidates> {
  const places = (verb.args ?? '').split(/\s+(?=[<[])/).filter((place) => place !== '')
  const place = places[at] ?? (places.at(-1)?.includes('...') === true ? places.at(-1) : undefined)
  if (place === undefined) return []
  const called = place.slice(1, -1).replace('...', '')
  if (/^(?:key|keys|prefix)$/.test(called)) return known.keys(current)
  if (called === 'release') return fitting(await known.releases(), current)
  if (/^(?:who|member)$/.test(called)) return fitting(await known.peers(), current)
  if (called === 'shell') return fitting(['bash', 'zsh', 'fish'].map(plain), current)
  if (called === 'command') {
    return verb.name === 'help'
      ? fitting([...verbNames, ...[...topics.keys()].map(plain)], current)
      : undefined
  }
  return /value|mesh/.test(called) ? [] : undefined
}

const plain = (value: string): Candidate => ({ value, says: '' })

const fitting = (all: readonly Candidate[], current: string): readonly Candidate[] =>
  all.filter(({ value }) => value.startsWith(current))
