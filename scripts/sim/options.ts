import { BadInput, nearest } from '../../packages/sim/src/command/bad-input.ts'
import { type Read, count, seedNumber } from '../../packages/sim/src/command/units.ts'

/** A flag that takes a number. */
export interface Form {
  readonly usual: number
  readonly read: Read<number>
}

interface Options<Name extends string, Switch extends string> {
  readonly numbers: Readonly<Record<Name, number>>
  readonly switches: ReadonlySet<Switch>
  readonly words: readonly string[]
}

/** Reads what was typed before hours go by; what cannot be meant is refused in one line. */
export function readOptions<Name extends string, Switch extends string = never>(
  typed: readonly string[],
  forms: Readonly<Record<Name, Form>>,
  known: readonly Switch[] = [],
): Options<Name, Switch> {
  const names = Object.keys(forms) as Name[]
  const numbers = Object.fromEntries(names.map((name) => [name, forms[name].usual]))
  const switches = new Set<Switch>()
  const words: string[] = []
  // npm takes the dashes that divide its arguments from ours, pnpm leaves them in.
  const args = typed.filter((arg) => arg !== '--')
  for (let index = 0; index < args.length; index++) {
    const [flag = '', inline] = args[index]!.split('=')
    const name = names.find((one) => `--${one}` === flag)
    const plain = known.find((one) => `--${one}` === flag)
    if (!flag.startsWith('-')) words.push(args[index]!)
    else if (name !== undefined) {
      const text = inline ?? args[++index]
      if (text === undefined || text.startsWith('--')) {
        throw new BadInput(`${flag}: its value is missing, write a number after it`)
      }
      numbers[name] = forms[name].read(text, flag)
    } else if (plain !== undefined && inline === undefined) switches.add(plain)
    else
      throw new BadInput(`${flag}: there is no such flag, ${adviceOn(flag, [...names, ...known])}`)
  }
  return { numbers: numbers as Record<Name, number>, switches, words }
}

function adviceOn(flag: string, names: readonly string[]): string {
  const name = nearest(flag.replace(/^-+/, ''), names)
  return name === undefined ? '--help lists them' : `did you mean --${name}?`
}

const minutes: Read<number> = (text, where) => {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text)
  throw new BadInput(`${where}: ${text} is no time, write minutes, like 30 or 0.5`)
}

/** What several of the commands take. */
export const seedsForm = (usual: number): Form => ({ usual, read: count(1, 100_000_000) })
export const coresForm: Form = { usual: 2, read: count(1, 256) }
export const fromForm: Form = { usual: 1, read: seedNumber }
export const minutesForm: Form = { usual: Number.POSITIVE_INFINITY, read: minutes }

/** What was read; or else the command ends here, with its usage or with what is wrong. */
export function orLeave<T>(usage: string, args: readonly string[], read: () => T): T {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    console.log(usage)
    process.exit()
  }
  try {
    return read()
  } catch (error) {
    if (!(error instanceof BadInput)) throw error
    console.error(error.message)
    process.exit(2)
  }
}
