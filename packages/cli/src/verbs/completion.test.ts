import { spawnSync } from 'node:child_process'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'
import type { Stage } from '../../test/stage.js'
import { scripts } from '../completion/scripts.js'

const evil = 'shop/$(touch gone)'
const values = { 'shop/banner': 1, 'shop/limits/daily': 2, [evil]: 3 }

async function candidates(stage: Stage, line: string): Promise<readonly string[]> {
  const { out } = await stage.run('completion candidates', { stdin: `grapevine ${line}` })
  const [mode = '', , ...rows] = out.trimEnd().split('\n')
  return mode === 'files' ? ['files'] : rows.map((row) => row.split('\t')[0] ?? '')
}

/** While a shell is waited for in one step, no time limit of a test can end it. */
const bounded = { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' } as const

describe('grapevine completion', () => {
  it('completes commands, their options and what these can be', async () => {
    await using stage = await openStage()
    expect(await candidates(stage, 're')).toEqual([
      'revoke',
      'resolve',
      'receipts',
      'render',
      'restore',
      'repair',
    ])
    expect(await candidates(stage, 'invite --ex')).toEqual(['--expires'])
    expect(await candidates(stage, 'invite --uses ')).toEqual(['one', 'many'])
    expect(await candidates(stage, 'up --log-level=w')).toEqual(['--log-level=warn'])
    expect(await candidates(stage, 'completion ')).toEqual(['bash', 'zsh', 'fish'])
    expect(await candidates(stage, 'help exit')).toEqual(['exit-codes'])
  })

  it('leaves files to the shell', async () => {
    await using stage = await openStage()
    for (const line of ['restore ', 'get a --as ', 'sim two', 'invite --out=']) {
      expect(await candidates(stage, line), line).toEqual(['files'])
    }
  })

  it('knows the keys, members and releases of the peer that runs here', async () => {
    await using stage = await openStage(['alice', 'bob'], { values, closed: true })
    expect(await candidates(stage, 'get s')).toEqual(['shop/'])
    expect(await candidates(stage, '--json get shop/')).toEqual([
      evil,
      'shop/banner',
      'shop/limits/',
    ])
    expect(await candidates(stage, 'revoke ')).toEqual(['alice', 'bob'])
    expect(await candidates(stage, 'receipts ')).toEqual([
      expect.stringMatching(/^[0-9a-f]{4,}·1$/) as string,
    ])
  })

  it('completes what is left where no peer runs', async () => {
    await using stage = await openStage()
    await stage.stopServing('alice')
    expect(await candidates(stage, 'get ')).toEqual([])
    expect(await candidates(stage, 'get --js')).toEqual(['--json'])
  })

  it('knows three shells, and says so', async () => {
    await using stage = await openStage()
    expect(await stage.run('completion tcsh')).toMatchObject({
      code: 2,
      err: expect.stringContaining('bash, zsh, fish') as string,
    })
    expect((await stage.run('completion bash')).out).toBe(scripts.get('bash'))
  })

  it('in bash replaces the word, and never runs what a key or the line says', async () => {
    await using stage = await openStage()
    const answer = ['words', 'shop/', evil, 'shop/banner', 'shop/limits/', '']
    await writeFile(join(stage.folder, 'answer'), answer.join('\n'))
    await writeFile(join(stage.folder, 'script'), scripts.get('bash') ?? '')
    const reply = (line: string, words: readonly string[]): readonly string[] => {
      const program = `
        compopt() { :; }
        grapevine() { cat > asked; cat answer; }
        source ./script
        COMP_LINE=$1 COMP_POINT=\${#1} COMP_WORDS=("\${@:2}") COMP_CWORD=$(($# - 2))
        _grapevine
        printf '%s\\n' "\${COMPREPLY[@]}"`
      const args = ['-c', program, 'bash', line, ...words]
      const { stdout, stderr } = spawnSync('bash', args, { cwd: stage.folder, ...bounded })
      expect(stderr).toBe('')
      return stdout.trimEnd().split('\n')
    }
    const line = "grapevine get '$(touch gone)' shop/"
    expect(reply(line, ['grapevine', 'get', "'$(touch gone)'", 'shop/'])).toEqual([
      'shop/\\$\\(touch\\ gone\\)',
      'shop/banner',
      'shop/limits/',
    ])
    await expect(access(join(stage.folder, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('in bash goes on behind the = that bash breaks words at', async () => {
    await using stage = await openStage()
    await writeFile(
      join(stage.folder, 'answer'),
      ['words', '--uses=m', '--uses=many', ''].join('\n'),
    )
    await writeFile(join(stage.folder, 'script'), scripts.get('bash') ?? '')
    const program = `
      compopt() { :; }
      grapevine() { cat > /dev/null; cat answer; }
      source ./script
      COMP_LINE='grapevine invite --uses=m' COMP_POINT=25
      COMP_WORDS=(grapevine invite --uses = m) COMP_CWORD=4
      _grapevine
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['-c', program], { cwd: stage.folder, ...bounded })
    expect(stdout).toBe('many\n')
  })
})
