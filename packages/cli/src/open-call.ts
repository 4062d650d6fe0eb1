import { resolve } from 'node:path'
import { styleText } from 'node:util'
import { toJson } from '@grapevine/api/client'
import type { Signer } from '@grapevine/peer'
import type { Acting, Call } from './call.js'
import { misused } from './complain.js'
import type { Typed } from './typed/parse.js'
import { readSettings } from './typed/settings.js'
import type { Settings } from './typed/settings.js'
import { readInput } from './typed/read-input.js'
import type { Terminal } from './terminal.js'
import { harmless } from './shown/shown-value.js'
import { alignedTable, separatedTable } from './shown/table.js'

export interface OpenCall extends AsyncDisposable {
  readonly call: Call
}

/** Gives a verb its means. What it opened on the way is closed with it. */
export async function openCall(verb: string, typed: Typed, terminal: Terminal): Promise<OpenCall> {
  const { common, words, options } = typed
  const settings = await readSettings(common, terminal)
  const { stdin, stdout, stderr, interrupted: signal } = terminal
  let acting: Promise<Acting & AsyncDisposable> | undefined
  let signer: Promise<Signer | undefined> | undefined
  const mayAsk = !common.noInput && stdin.isTTY === true && stderr.isTTY === true

  const call: Call = {
    verb,
    words,
    options,
    common,
    settings,
    terminal,
    signal,
    word(at) {
      const word = words[at]
      if (word === undefined) throw misused('a word is missing', `grapevine ${verb} --help`)
      return word
    },
    print: (line) => void stdout.write(`${line}\n`),
    write: async (bytes) =>
      new Promise((done, fail) => {
        stdout.write(bytes, (error) => (error ? fail(error) : done()))
      }),
    table(headings, rows) {
      const lines =
        stdout.isTTY === true
          ? alignedTable(headings, rows, (text) => styleText('dim', text, { stream: stdout }))
          : separatedTable(rows)
      for (const line of lines) call.print(line)
    },
    // As escapes it is the same JSON, and steers no terminal.
    json: (value) => call.print(harmless(toJson(value))),
    say: (line) => void (common.quiet || stderr.write(`${line}\n`)),
    paint: (style, text) => styleText(style, text, { stream: stdout }),
    async peer() {
      acting ??= import('./acting/act.js').then(async ({ act }) => act(call))
      return acting
    },
    async signer() {
      signer ??= openNamedSigner(settings, call)
      return signer
    },
    read: async (text, next) => readText(text, terminal, next),
    async confirm(question) {
      if (common.yes) return true
      if (!mayAsk) throw misused(`${question} Nobody is there to answer`, 'add --yes to do it')
      const { confirm } = await import('./typed/ask.js')
      return confirm(question, terminal)
    },
    async ask(what, next) {
      if (!mayAsk) throw misused(`${what} is missing, and nobody is there to type it`, next)
      const { askUnseen } = await import('./typed/ask.js')
      return askUnseen(what, terminal)
    },
  }
  return {
    call,
    [Symbol.asyncDispose]: async () => {
      // What failed to open has been told already.
      await (await acting?.catch(() => undefined))?.[Symbol.asyncDispose]()
    },
  }
}

async function readText(
  text: string,
  { stdin, cwd, interrupted }: Terminal,
  next: string | undefined,
): Promise<Buffer> {
  if (text !== '-' && !text.startsWith('@')) return Buffer.from(text)
  const file = text === '-' ? undefined : resolve(cwd, text.slice(1))
  try {
    return await readInput(file ?? stdin, interrupted)
  } catch (error) {
    throw misused(
      `${file ?? 'standard input'} cannot be read: ${(error as Error).message}`,
      file && next,
    )
  }
}

async function openNamedSigner({ as }: Settings, call: Call): Promise<Signer | undefined> {
  if (as === undefined) return undefined
  const { openNamed } = await import('./typed/passphrase.js')
  return openNamed(as, call)
}
