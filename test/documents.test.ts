import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { limits } from '@grapevine/core'
import type { ErrorCode } from '@grapevine/core'

const root = new URL('../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

/** An example that never ends would otherwise hold up whoever waits for the tests. */
const exampleMsMax = 50_000

/** What each example says it prints: the comments behind its console.log lines. */
const promised = (example: string): string[] =>
  [...example.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, text]) => text!)

describe('README', () => {
  it('has examples that run, print what they say, and end', async () => {
    const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!)
    expect(examples.length).toBeGreaterThan(0)
    for (const [index, example] of examples.entries()) {
      // Inside the clone, so that it finds the packages as a user's file would.
      const file = new URL(`.readme-example-${index}.mjs`, root)
      writeFileSync(file, example)
      const cwd = mkdtempSync(join(tmpdir(), 'grapevine-readme-'))
      try {
        const { stdout, stderr } = await promisify(execFile)(process.execPath, [file.pathname], {
          cwd,
          timeout: exampleMsMax,
          killSignal: 'SIGKILL',
        })
        expect(stdout.trim().split('\n'), stderr).toEqual(promised(example))
      } finally {
        rmSync(file)
        rmSync(cwd, { recursive: true })
      }
    }
  })

  it('lists every error code with what to do', () => {
    const listed = [...readme.matchAll(/^\| `([A-Z_]+)` +\| \S.* \|$/gm)].map(([, code]) => code!)
    const codes: Record<ErrorCode, true> = {
      KEY_INVALID: true,
      VALUE_INVALID: true,
      RELEASE_INVALID: true,
      RELEASE_TOO_LARGE: true,
      IF_MATCH_FAILED: true,
      BULK_REMOVE_UNCONFIRMED: true,
      CLOCK_BEHIND: true,
      REPLICA_CUT: true,
      RELEASE_UNKNOWN: true,
      NOT_ALLOWED: true,
      NO_QUORUM: true,
      STATEMENT_INVALID: true,
      OPTION_INVALID: true,
      IDENTITY_UNUSABLE: true,
      MESH_MISMATCH: true,
      PEER_CLOSED: true,
      NOT_REACHED: true,
      NOT_READY: true,
      LISTEN_FAILED: true,
      STORE_CORRUPT: true,
      STORE_LOCKED: true,
      STORE_FULL: true,
      STORE_IO: true,
      STORE_READ_ONLY: true,
      STORE_FORBIDDEN: true,
      STORE_FORMAT: true,
      SECRET_UNREADABLE: true,
      TOKEN_INVALID: true,
      BADGE_INVALID: true,
      NOT_A_MEMBER: true,
      SIGNER_UNUSABLE: true,
      DIRECTORY_OPEN: true,
      INTENT_INVALID: true,
      BUDGET_EXCEEDED: true,
      NOT_FOUND: true,
      REQUEST_INVALID: true,
      PEER_UNREACHABLE: true,
      API_FAILED: true,
      API_TOKEN_UNUSABLE: true,
    }
    expect(listed).toEqual(Object.keys(codes))
  })

  it('states the limits that hold', () => {
    expect(readme).toContain(`1 to ${limits.keyBytesMax} bytes`)
    expect(readme).toContain(`nested at most ${limits.valueNestingMax} deep`)
    expect(readme).toContain(`at most ${limits.releaseChangesMax.toLocaleString('en')} changes`)
  })
})

describe('ARCHITECTURE', () => {
  const architecture = readFileSync(new URL('ARCHITECTURE.md', root), 'utf8')

  it('names, for each invariant, a test that there is', () => {
    const rows = [...architecture.matchAll(/^\| .+ \| `([\w/.-]+)`: (.+?) +\|$/gm)]
    expect(rows.length).toBeGreaterThan(20)
    for (const [, file, sentence] of rows) {
      const folder = /^(scripts|packages)\//.test(file!) ? '' : 'packages/core/test/'
      expect(readFileSync(new URL(folder + file!, root), 'utf8')).toContain(sentence!)
    }
  })

  it.each(['core', 'peer', 'api', 'cli', 'lab'])('maps every source file of %s', (name) => {
    const map = architecture.slice(
      architecture.indexOf('## Code map'),
      architecture.indexOf('## Words'),
    )
    const source = new URL(`packages/${name}/src/`, root)
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/(?:\.test|(?:^|\/)index)\.ts$/.test(file))
      .map((file) => file.replace(/^.*\//, '').replace('.ts', ''))
    expect(files.length).toBeGreaterThan(30)
    for (const file of files) expect(map).toMatch(new RegExp(`(?:\`|/)${file}(?:\\.ts)?\``))
  })
})

describe('SECURITY', () => {
  const security = readFileSync(new URL('SECURITY.md', root), 'utf8')
  const table = security.slice(security.indexOf('## Threats, and the tests'))
  const rows = [...table.matchAll(/^\| ([A-Z]\d+) .*\| (.+?) +\|$/gm)]

  it('names each threat once, each with tests that there are', () => {
    const ids = rows.map(([, id]) => id!)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThan(25)
    for (const [, id, tests] of rows) {
      const named = [...tests!.matchAll(/`([\w/.-]+\.test\.ts): (.+?)`/g)]
      expect(named.length, id).toBeGreaterThan(0)
      for (const [, file, title] of named) {
        const isThere = readFileSync(new URL(file!, root), 'utf8').includes(title!)
        expect(isThere, `${id}: ${file}: ${title}`).toBe(true)
      }
    }
  })
})
