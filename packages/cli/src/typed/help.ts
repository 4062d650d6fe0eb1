import { commandOf } from './parse.js'
import { groups, verbs } from '../verbs.js'
import type { Verb } from '../verb.js'

/** Examples come first: most people want one of them. */
export function helpOf(verb: Verb, columns: number): string {
  const command = commandOf(verb)
  const usage = `grapevine ${verb.name} ${command.usage()}`
  const width = Math.max(...verb.examples.map(({ line }) => line.length))
  const examples = verb.examples.map(({ line, says }) => `  ${line.padEnd(width)}  ${says}`)
  const [, ...rest] = command
    .configureHelp({ helpWidth: columns })
    .helpInformation()
    .split(/\n(?=Options:|Everywhere:)/)
  return [
    `${capital(verb.says)}.`,
    '',
    ...examples,
    '',
    `Usage: ${usage}`,
    '',
    rest.join('\n').trimEnd(),
    ...(verb.more === undefined ? [] : ['', verb.more.trimEnd()]),
    '',
  ].join('\n')
}

export async function overview(): Promise<string> {
  const loaded = await Promise.all(
    verbs.map(async ({ group, load }) => ({ group, verb: await load() })),
  )
  const lists = groups.map((group) => {
    const lines = loaded
      .filter((one) => one.group === group)
      .map(({ verb }) => `  ${verb.name.padEnd(11)} ${verb.says}`)
    return `${group}\n${lines.join('\n')}\n`
  })
  return `grapevine: configuration without a config server.

  grapevine init shop && grapevine up          found a mesh, and run its first peer
  grapevine set shop/banner 'Sale!'            write, through the peer that runs here
  grapevine publish prod.yaml --wait all       a whole file as one release, until everybody has it
  grapevine rollback 7f3a·412                  undo a release

${lists.join('\n')}
  grapevine help <command>      examples and options of one
  grapevine help environment    where settings come from
  grapevine help exit-codes     what a script can tell
  grapevine help formatting     tables, JSON, colours
`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
