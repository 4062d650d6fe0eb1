import { isShipped, lineAt } from './repository.ts'
import type { Rule } from './repository.ts'

const fileLinesMax = 400
const functionLinesMax = 70

/** What does not fit a screen or a head holds a second idea that has no name yet. */
export const size: Rule = function* ({ sources }) {
  for (const source of sources) {
    const { path: file, text, nodes } = source
    const fileLines = lineAt(text, text.length)
    if (isShipped(source) && fileLines > fileLinesMax) {
      const message = `${fileLines} lines, the limit is ${fileLinesMax}: find the second noun`
      yield { rule: 'file size', file, line: 1, message }
    }
    if (source.isTest) continue
    for (const node of nodes) {
      if (!('params' in node) || !('body' in node)) continue
      const line = lineAt(text, node.start)
      const lines = lineAt(text, node.end) - line + 1
      if (lines <= functionLinesMax) continue
      const message = `${lines} lines, the limit is ${functionLinesMax}: name a part of it`
      yield { rule: 'function size', file, line, message }
    }
  }
}
