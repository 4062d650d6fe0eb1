import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { makeFolder } from './mesh/folder.ts'
import { within } from './mesh/until.ts'

vi.setConfig({ testTimeout: 150_000 })

const root = new URL('../', import.meta.url)
const program = fileURLToPath(new URL('packages/cli/bin/grapevine.js', root))
const readme = readFileSync(new URL('README.md', root), 'utf8')

/** A line that somebody types, and what the README says that it prints. */
interface Line {
  readonly typed: string
  readonly printed: readonly string[]
}

/** A block of the README: files that it shows first, then what is typed. */
interface Session {
  readonly files: ReadonlyMap<string, string>
  readonly lines: readonly Line[]
}

function sessionsOf(text: string): readonly Session[] {
  const files = new Map(
    [...text.matchAll(/```\w+ title="([^"]+)"\n([\s\S]*?)```/g)].map(
      ([, name, content]) => [name!, content!] as const,
    ),
  )
  return [...text.matchAll(/```console\n([\s\S]*?)```/g)].map(([, block]) => ({
    files,
    lines: block!
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [typed = '', ...printed] = part.trimEnd().split('\n')
        return { typed, printed: printed.filter((line) => line !== '') }
      }),
  }))
}

/** `…` stands for what is different each time. */
const asPattern = (line: string): RegExp =>
  new RegExp(
    `^ *${line
      .trim()
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*')}$`,
    'm',
  )

/** One shell types all lines, as a person would: the next one when the last one has answered. */
async function typeAll({ files, lines }: Session, folder: string): Promise<readonly string[]> {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(
    join(bin, 'grapevine'),
    `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`,
    {
      mode: 0o755,
    },
  )
  for (const [name, content] of files) writeFileSync(join(folder, name), content)
  const mark = '-- next --'
  const script = lines.map(({ typed }) => `${typed}\n${pauseAfter(typed)}\necho '${mark}'`)
  const shell = spawn('bash', ['-c', `${script.join('\n')}\nkill $(jobs -p)\nwait`], {
    cwd: folder,
    env: { PATH: `${bin}${delimiter}${process.env['PATH']}`, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let said = ''
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = new Promise<true>((resolve) => shell.on('close', () => resolve(true)))
  if ((await within(120_000, ended)) === undefined) process.kill(-shell.pid!, 'SIGKILL')
  return said.split(`${mark}\n`)
}

/** A peer that was started behind the shell is there once its socket is. */
function pauseAfter(typed: string): string {
  if (!typed.startsWith('grapevine up')) return ''
  const [, folder = '.grapevine'] = /--data-dir (\S+)/.exec(typed) ?? []
  return `while [ ! -S ${folder}/api.sock ]; do sleep 0.1; done`
}

describe('README', () => {
  const sessions = sessionsOf(readme).filter(({ lines }) =>
    lines.some(({ typed }) => typed.startsWith('grapevine')),
  )

  it('has sessions to type', () => expect(sessions.length).toBeGreaterThan(0))

  it.each(sessions.map((session) => [session.lines[0]!.typed, session] as const))(
    'prints what it says, from %s on',
    async (_, session) => {
      await using folder = await makeFolder()
      const said = await typeAll(session, folder.path)
      for (const [at, { typed, printed }] of session.lines.entries()) {
        for (const line of printed) {
          expect(said[at], `after: ${typed}\nall that was said:\n${said.join('')}`).toMatch(
            asPattern(line),
          )
        }
      }
    },
  )
})
