/** The words of a command line, as a shell would make them: quotes, and backslashes outside of single ones. */
export function wordsOf(line: string): readonly string[] {
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
    else if (letter === ' ' && quote === '') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + letter
  }
  if (quote !== '') throw new Error(`${line} has a ${quote} that does not end`)
  return word === undefined ? words : [...words, word]
}
