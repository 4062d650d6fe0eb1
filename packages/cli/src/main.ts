/** The process `grapevine`: hands a command its terminal, and ends with its exit code. */
import { Complaint } from './complain.js'
import { exitCodes } from './exit-codes.js'
import { run } from './run.js'

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // Whoever reads through `head` has read enough.
  if (code === 'EPIPE') process.exit()
  process.stderr.write(`grapevine: standard output cannot be written: ${message}\n`)
  process.exit(exitCodes.failed)
})
// Where nobody can be told, the work goes on: what was written is no failure because of that.
process.stderr.on('error', () => {})

const interruption = new AbortController()
const interruptions = ['SIGINT', 'SIGTERM'] as const
/** A parent that hands signals on tells of one Ctrl-C once more than the terminal did. */
const sameMs = 1_000
let interruptedMs: number | undefined
for (const name of interruptions) {
  process.on(name, () => {
    interruption.abort(new Error(name))
    interruptedMs ??= performance.now()
    if (performance.now() - interruptedMs < sameMs) return
    // The second time somebody means it, and the system ends it: what is durable stays so.
    process.removeAllListeners(name)
    process.kill(process.pid, name)
  })
}

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  get cwd() {
    return folder()
  },
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  interrupted: interruption.signal,
  endAtOnce() {
    for (const name of interruptions) process.removeAllListeners(name)
  },
  onHangup(listener) {
    process.on('SIGHUP', listener)
    return () => process.off('SIGHUP', listener)
  },
})
// Whoever was told to end ends, whatever still hangs on: pipes are written by now.
if (interruption.signal.aborted) process.exit()

function folder(): string {
  try {
    return process.cwd()
  } catch (error) {
    throw new Complaint(exitCodes.failed, 'FAILED', 'the folder that this runs in is gone', {
      next: 'cd to one that is there',
      cause: error,
    })
  }
}
