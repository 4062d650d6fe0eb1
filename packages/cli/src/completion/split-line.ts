/** What stands before the cursor. */
export interface Line {
  /** Whole words behind the name of the program. */
  readonly words: readonly string[]
  /** The word that is being typed, maybe nothing yet. */
  readonly current: string
}

/** Words as a shell would make them, of a line that is not at its end: a quote may be open. */
export function splitLine(line: string): Line {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at)
    if (letter === quote) quote = ''
    else if (quote === '' && (letter === "'" || letter === '"')) {
      quote = letter
      word ??= ''
    } else if (letter === '\\' && quote !== "'") word = (word ?? '') + line.charAt(++at)
    else if (quote === '' && /\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + letter
  }
  return { words: words.slice(1), current: words.length === 0 ? '' : (word ?? '') }
}
