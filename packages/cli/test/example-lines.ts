import { wordsOf } from './words.js'

/** One `grapevine …` of a line of the shell. */
export interface ExampleCommand {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** What it reads is what the one before it wrote. */
  readonly isPiped: boolean
  /** What it writes goes into a file, or into another. */
  readonly isCaught: boolean
}

/** As much of a shell as examples need: variables in front, pipes, `&&`, and output into a file. */
export function commandsOf(line: string): readonly ExampleCommand[] {
  const commands: ExampleCommand[] = []
  let words: string[] = []
  let isPiped = false
  const end = (operator: string): void => {
    const at = words.indexOf('grapevine')
    const env: NodeJS.ProcessEnv = {}
    for (const word of words.slice(0, at)) env[word.replace(/=.*/, '')] = word.replace(/.*?=/, '')
    if (words[at] === 'grapevine') {
      const into = words.indexOf('>')
      const args = words.slice(at + 1, into === -1 ? undefined : into)
      const isCaught = into !== -1 || operator === '|'
      commands.push({ args, env, isPiped, isCaught })
    }
    isPiped = operator === '|'
    words = []
  }
  for (const word of wordsOf(line)) {
    if (word === '|' || word === '&&') end(word)
    else words.push(word)
  }
  end('')
  return commands
}
