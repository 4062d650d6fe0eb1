import type { Call } from '../call.js'
import { misused } from '../complain.js'

type Reader = Pick<Call, 'read' | 'ask'>

/**
 * A token, or a badge that was granted: from a file, from standard input, or typed unseen. Never as an
 * argument: those are in the list of processes, for everybody on this machine, and in the shell's history.
 */
export async function readToken(call: Reader, given: string | undefined): Promise<string> {
  if (given === undefined) {
    return (await call.ask('The token', '@file names a file with it, - pipes it in')).trim()
  }
  if (given === '-' || given.startsWith('@')) return (await call.read(given)).toString().trim()
  throw misused(
    'a token is a key, and an argument can be read by everybody on this machine',
    'put it into a file and write @file, or - and pipe it in, or leave it out and type it; this one has been seen: revoke it',
  )
}
