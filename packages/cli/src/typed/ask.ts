import { confirm as askYesOrNo, isCancel, password } from '@clack/prompts'
import { declined } from '../complain.js'
import type { Terminal } from '../terminal.js'

/** Questions go to standard error, so that data can be piped while somebody answers. */
export async function confirm(question: string, terminal: Terminal): Promise<boolean> {
  const answer = await askYesOrNo({ message: question, initialValue: false, ...through(terminal) })
  if (isCancel(answer)) throw declined('nothing was done')
  return answer
}

export async function askUnseen(what: string, terminal: Terminal): Promise<string> {
  const answer = await password({ message: what, ...through(terminal) })
  if (isCancel(answer)) throw declined('nothing was done')
  return answer
}

const through = ({ stdin, stderr, interrupted }: Terminal) =>
  ({ input: stdin, output: stderr, signal: interrupted }) as const
