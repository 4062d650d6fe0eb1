import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import type { Terminal } from '../src/terminal.js'

export interface Sitting {
  /** What comes in through a pipe; nothing where somebody sits at the keyboard. */
  readonly stdin?: string | Uint8Array | undefined
  /** Somebody sits there: colours, tables, questions. */
  readonly isTty?: boolean | undefined
  /** What they type, one text for each question: `y`, or a secret and `\r`. */
  readonly typed?: readonly string[] | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly columns?: number | undefined
}

export interface FakeTerminal {
  readonly terminal: Terminal
  readonly out: () => string
  /** The very bytes. */
  readonly outBytes: () => Buffer
  readonly err: () => string
  readonly interrupt: () => void
  readonly hangUp: () => void
  /** Answers the way to stop: told of each thing that is written, to either stream. */
  readonly onWritten: (listener: () => void) => () => void
}

/** A terminal that remembers what was written, and types when it is asked. */
export function fakeTerminal(cwd: string, sitting: Sitting = {}): FakeTerminal {
  const { isTty = false, env = {}, columns = 100 } = sitting
  const interruption = new AbortController()
  const [written, hangups] = [new EventEmitter(), new EventEmitter()]
  const [out, err]: readonly [Buffer[], Buffer[]] = [[], []]
  const stdin = new PassThrough()
  const stdout = keeping(out, written)
  const stderr = keeping(err, written)
  const errText = (): string => Buffer.concat(err).toString()
  if (isTty) {
    for (const stream of [stdin, stdout, stderr]) Object.assign(stream, { isTTY: true, columns })
    // What is typed comes letter by letter as it is.
    Object.assign(stdin, { setRawMode: () => stdin })
    typeWhenAsked(stdin, [...(sitting.typed ?? [])], errText, written)
  } else stdin.end(sitting.stdin)
  return {
    terminal: {
      env: { ...env },
      cwd,
      stdin,
      stdout,
      stderr,
      interrupted: interruption.signal,
      onHangup(listener) {
        hangups.on('hangup', listener)
        return () => hangups.off('hangup', listener)
      },
    },
    out: () => Buffer.concat(out).toString(),
    outBytes: () => Buffer.concat(out),
    err: errText,
    interrupt: () => interruption.abort(new Error('SIGINT')),
    hangUp: () => void hangups.emit('hangup'),
    onWritten(listener) {
      written.on('written', listener)
      return () => written.off('written', listener)
    },
  }
}

const keeping = (chunks: Buffer[], written: EventEmitter): Writable =>
  new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk)
      done()
      written.emit('written')
    },
  })

/** A question hides the cursor, and its end shows it again. */
const asked = '\u001b[?25l'

function typeWhenAsked(
  stdin: PassThrough,
  answers: string[],
  err: () => string,
  written: EventEmitter,
): void {
  let answered = 0
  written.on('written', () => {
    const questions = err()
      .split('\u001b[?25h')
      .filter((part) => part.includes(asked)).length
    if (questions <= answered || answers.length === 0) return
    answered++
    const answer = answers.shift()
    setImmediate(() => stdin.write(answer))
  })
}
