import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Call } from '../call.js'
import { Complaint, failed } from '../complain.js'
import { exitCodes } from '../exit-codes.js'

/** A file of one's own that is opened in an editor, again and again if need be. */
export interface Draft {
  readonly file: string
  /** Resolves with what was saved, once the editor has ended. */
  edit(): Promise<Buffer>
  discard(): Promise<void>
}

export async function openDraft(call: Call, name: string, source: string): Promise<Draft> {
  const folder = await mkdtemp(join(call.terminal.env['TMPDIR'] ?? tmpdir(), 'grapevine-edit-'))
  const file = join(folder, name)
  const discard = async (): Promise<void> => rm(folder, { recursive: true, force: true })
  await writeFile(file, source, { mode: 0o600 }).catch(async (error: Error) => {
    await discard()
    throw failed(`${file} cannot be written: ${error.message}`, 'TMPDIR names another folder')
  })
  return {
    file,
    async edit() {
      const failure = await openEditor(call, file)
      const saved = await readFile(file).catch(async (error: Error) => {
        await discard()
        throw failed(`what was edited cannot be read, and nothing was written: ${error.message}`)
      })
      if (failure === undefined) return saved
      const isTouched = !saved.equals(Buffer.from(source))
      if (!isTouched) await discard()
      throw new Complaint(exitCodes.failed, 'EDITOR_FAILED', `${failure}: nothing was written`, {
        next: isTouched
          ? `what was typed is in ${file}`
          : 'EDITOR names another one, as in EDITOR=nano grapevine edit',
      })
    },
    discard,
  }
}

/** Through the shell, because people write `code --wait` there. Answers what went wrong. */
async function openEditor({ terminal }: Call, file: string): Promise<string | undefined> {
  const { env, cwd } = terminal
  const named = [env['VISUAL'], env['EDITOR']].find((name) => name !== undefined && name !== '')
  const editor = named ?? 'vi'
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'grapevine', file], {
    // The editor has the terminal for itself, while there is one.
    stdio: 'inherit',
    env,
    cwd,
  })
  const ending = await new Promise<number | NodeJS.Signals>((done, fail) => {
    child.once('error', fail)
    child.once('exit', (code, signal) => done(code ?? signal ?? 'SIGKILL'))
  })
  return ending === 0 ? undefined : `the editor ${editor} ended with ${ending}`
}
