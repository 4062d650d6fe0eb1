import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../packages/cli/bin/grapevine.js', import.meta.url))

export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Started {
  readonly ended: Promise<Said>
  /** Resolves once it has said this, wherever; rejects where it ends without. */
  says(text: string): Promise<void>
  signal(name: NodeJS.Signals): void
}

interface Setting {
  readonly cwd: string
  readonly typed?: string | undefined
  /** A command that runs it somewhere else, such as in another network namespace. */
  readonly within?: readonly string[] | undefined
}

/** The command as it is built, in a process of its own, as an operator would type it. */
export function start(args: readonly string[], { cwd, typed, within = [] }: Setting): Started {
  const [command = '', ...rest] = [...within, process.execPath, program, ...args]
  // By its place: whoever enters a namespace begins at its root.
  const at = within.length === 0 ? [] : ['--data-dir', `${cwd}/.grapevine`]
  const child = spawn(command, [...rest, ...at], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(typed ?? '')
  return listen(child)
}

function listen(child: ChildProcess): Started {
  const said = { out: '', err: '' }
  const waiting = new Set<() => void>()
  for (const [name, stream] of [
    ['out', child.stdout],
    ['err', child.stderr],
  ] as const) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
      for (const look of waiting) look()
    })
  }
  const ended = new Promise<Said>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...said }))
  })
  return {
    ended,
    signal: (name) => void child.kill(name),
    says: async (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!said.out.includes(text) && !said.err.includes(text)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        void ended.then(() => reject(new Error(`it ended without saying ${text}\n${said.err}`)))
      }),
  }
}
