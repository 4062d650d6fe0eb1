import { BadInput, nearest } from './bad-input.js'
import { wish, wishForms, wishNames } from './wishes.js'
import type { Wishes } from './wishes.js'

/** What is to be played: a scenario with wishes on top, a stored plan, or a seed of the long run. */
export type Source =
  | { readonly from: 'wishes'; readonly scenario: string | undefined; readonly wishes: Wishes }
  | { readonly from: 'plan'; readonly file: string }
  | { readonly from: 'swarm' }

export interface PlayCommand {
  readonly do: 'play'
  readonly source: Source
  readonly seed: number | undefined
  readonly isJson: boolean
  /** A file, none, or one named after the seed. */
  readonly report: { readonly file: string } | 'none' | 'named'
}

type Command =
  | PlayCommand
  | { readonly do: 'help'; readonly about: 'command' | 'faults' }
  | { readonly do: 'list' }

/** Each field of a scenario file is a flag too, by its last word: `--peers`, `--rate`, … */
export const flagOf = (name: keyof Wishes): string =>
  `--${wishForms[name].field.split('.').at(-1)!}`

const wishOfFlag = new Map(wishNames.map((name) => [flagOf(name), name]))
const valueFlags = [...wishOfFlag.keys(), '--plan', '--report']
const plainFlags = ['--help', '--scenarios', '--swarm', '--json', '--no-report']

/** Flags as they were typed: `--peers 40` and `--peers=40` are the same. */
interface Typed {
  readonly values: ReadonlyMap<string, string>
  readonly plain: ReadonlySet<string>
  readonly words: readonly string[]
}

export function parseArguments(args: readonly string[]): Command {
  // Whoever asks for help gets it, whatever else they typed.
  if (args[0] === 'help' || args.some((arg) => arg === '--help' || arg === '-h')) {
    return { do: 'help', about: args.includes('faults') ? 'faults' : 'command' }
  }
  const typed = sort(args)
  const { values, plain, words } = typed
  if (plain.has('--scenarios')) return { do: 'list' }
  const { seed, ...wishes } = Object.assign(
    {},
    ...[...values].flatMap(([flag, text]) => {
      const name = wishOfFlag.get(flag)
      return name === undefined ? [] : [wish(name, text, flag)]
    }),
  ) as Wishes
  refuseContradictions(typed)
  const plan = values.get('--plan')
  const file = values.get('--report')
  const isJson = plain.has('--json')
  return {
    do: 'play',
    source:
      plan !== undefined
        ? { from: 'plan', file: plan }
        : plain.has('--swarm')
          ? { from: 'swarm' }
          : { from: 'wishes', scenario: words[0], wishes },
    seed,
    isJson,
    report: file !== undefined ? { file } : plain.has('--no-report') || isJson ? 'none' : 'named',
  }
}

function sort(args: readonly string[]): Typed {
  const values = new Map<string, string>()
  const plain = new Set<string>()
  const words: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!
    if (arg === '') throw new BadInput('one argument is empty, leave it away')
    if (!arg.startsWith('-')) {
      words.push(arg)
      continue
    }
    const [flag, inline] = split(arg)
    if (plainFlags.includes(flag)) {
      if (inline !== undefined)
        throw new BadInput(`${flag}: it takes no value, leave =${inline} away`)
      plain.add(flag)
      continue
    }
    if (!valueFlags.includes(flag)) throw new BadInput(unknownFlag(flag))
    const value = inline ?? args[++index]
    if (value === undefined || (inline === undefined && value.startsWith('--'))) {
      throw new BadInput(`${flag}: its value is missing, write it like ${exampleOf(flag)}`)
    }
    const before = values.get(flag)
    if (before !== undefined) {
      throw new BadInput(`${flag}: it is there twice, as ${before} and ${value}, say it once`)
    }
    values.set(flag, value)
  }
  return { values, plain, words }
}

function split(arg: string): readonly [string, string | undefined] {
  const equals = arg.indexOf('=')
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)]
}

function unknownFlag(flag: string): string {
  const names = [...valueFlags, ...plainFlags].map((known) => known.slice(2))
  const name = nearest(flag.replace(/^-+/, ''), names)
  const advice = name === undefined ? '--help lists them' : `did you mean --${name}?`
  return `${flag}: there is no such flag, ${advice}`
}

function exampleOf(flag: string): string {
  const name = wishOfFlag.get(flag)
  if (name !== undefined) return `${flag} ${wishForms[name].example}`
  return flag === '--plan' ? '--plan sim-81.plan.json' : '--report sim-81.html'
}

/** What cannot both be meant. */
function refuseContradictions({ values, plain, words }: Typed): void {
  const source = values.has('--plan') ? '--plan' : plain.has('--swarm') ? '--swarm' : undefined
  const [word, second] = words
  if (second !== undefined) {
    throw new BadInput(`${second}: one scenario at a time, and ${word} is there already`)
  }
  if (word !== undefined && word.endsWith('.json')) {
    throw new BadInput(`${word}: this looks like a plan, play it with --plan ${word}`)
  }
  if (values.has('--plan') && plain.has('--swarm')) {
    throw new BadInput('--swarm: a plan has been decided already, leave --swarm or --plan away')
  }
  if (values.has('--report') && plain.has('--no-report')) {
    throw new BadInput('--no-report: --report asks for one, leave one of the two away')
  }
  if (source === undefined) return
  const decides = source === '--plan' ? 'a plan decides everything' : 'the seed decides everything'
  if (word !== undefined)
    throw new BadInput(`${source}: ${decides}, leave the scenario ${word} away`)
  for (const flag of values.keys()) {
    if (!wishOfFlag.has(flag) || (flag === '--seed' && source === '--swarm')) continue
    throw new BadInput(`${source}: ${decides}, leave ${flag} away`)
  }
}
