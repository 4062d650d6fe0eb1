import * as core from '@grapevine/core'
import { parseArguments } from './arguments.js'
import { BadInput } from './bad-input.js'
import { exitCodes } from './exit-codes.js'
import { faultHelpText, helpText } from './help.js'
import type { Io } from './io.js'
import { listScenarios } from './load.js'
import type { Library } from '../observer.js'
import { play } from './play.js'

/** The command: plays what the arguments ask for, and answers with the exit code. */
export async function main(
  typed: readonly string[],
  io: Io,
  library: Library = core,
): Promise<number> {
  // npm takes the dashes that divide its arguments from ours, pnpm leaves them in.
  const args = typed.filter((arg) => arg !== '--')
  try {
    const command = parseArguments(args)
    switch (command.do) {
      case 'help':
        io.out(command.about === 'faults' ? faultHelpText : helpText(io.called))
        return exitCodes.passed
      case 'list':
        io.out(await listScenarios(io))
        return exitCodes.passed
      case 'play':
        return await play(command, args, io, library)
    }
  } catch (error) {
    if (error instanceof BadInput) {
      io.err(`${error.message}\n`)
      return exitCodes.badInput
    }
    io.err(`${error instanceof Error ? error.stack : String(error)}\n`)
    return exitCodes.crashed
  }
}
