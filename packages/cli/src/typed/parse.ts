import { Command, CommanderError, Option as Declared } from 'commander'
import { misused } from '../complain.js'
import { commonOptions, longOf } from '../verb.js'
import type { Common, Option, OptionTable, OptionValues, Verb } from '../verb.js'

/** A verb's words and options as they were typed. */
export interface Typed {
  readonly words: readonly string[]
  readonly options: OptionValues<OptionTable>
  readonly common: Common
}

/** undefined: help was asked for. Refuses what the verb does not take, and says what comes near. */
export function parse(verb: Verb, args: readonly string[]): Typed | undefined {
  if (verb.passesOn === 'all') return { words: args, options: {}, common: valuesOf(commonOptions) }
  const command = commandOf(verb)
  try {
    command.parse([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return undefined
    throw misused(error.message.replace(/^error: /, '').trimEnd(), `grapevine ${verb.name} --help`)
  }
  const given: Given = command.opts()
  return {
    words: command.args,
    options: valuesOf(verb.options ?? {}, given),
    common: valuesOf(commonOptions, given),
  }
}

type Given = Readonly<Record<string, string | boolean | readonly string[]>>

const valuesOf = <O extends OptionTable>(table: O, given: Given = {}): OptionValues<O> =>
  Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, given[name] ?? absent(option)]),
  ) as OptionValues<O>

const absent = ({ kind }: Option): false | undefined | readonly string[] =>
  kind === 'flag' ? false : kind === 'many' ? [] : undefined

export function commandOf(verb: Verb): Command {
  const command = new Command(`grapevine ${verb.name}`)
    .description(`${verb.says}.`)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} })
    .showSuggestionAfterError()
    .helpOption('-h, --help', 'show this')
  if (verb.args !== undefined) command.arguments(verb.args)
  if (verb.passesOn === 'rest') command.passThroughOptions()
  declare(command, verb.options ?? {})
  command.optionsGroup('Everywhere:')
  declare(command, commonOptions)
  return command
}

function declare(command: Command, table: OptionTable): void {
  for (const [name, option] of Object.entries(table)) {
    const { short, says } = option
    const value = option.kind === 'flag' ? '' : ` ${option.value}`
    const declared = new Declared(
      `${short === undefined ? '' : `-${short}, `}${longOf(name)}${value}`,
      says,
    )
    // Commander reads `--no-x` as the opposite of `--x`; ours are plain flags.
    if (option.kind === 'flag') declared.negate = false
    if (option.kind !== 'flag') {
      declared.argParser<string | readonly string[]>((text, before) => {
        option.check?.(text)
        if (option.kind === 'text') return text
        return typeof before === 'object' ? [...before, text] : [text]
      })
    }
    command.addOption(declared)
  }
}
