import { execFileSync } from 'node:child_process'
import { open as openFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'
import type { RunOptions, Stage } from '../../test/stage.js'

const values = { 'shop/banner': 'Sale!', 'shop/limits': { daily: 500, ids: ['01'] } }

/** An editor that does what its lines of shell say with the file `$1`. */
async function editing(stage: Stage, script: string): Promise<RunOptions> {
  const file = join(stage.folder, 'editor.sh')
  await writeFile(file, script)
  return { env: { EDITOR: `sh ${file}`, PATH: process.env['PATH'] } }
}

const fileNamed = (err: string): string => /\S*grapevine-edit-\S+?(?=;|\s)/.exec(err)?.[0] ?? ''

describe('grapevine edit', () => {
  it('writes what was saved: texts as they are, everything else as YAML', async () => {
    await using stage = await openStage(['alice'], { values })
    const text = await editing(stage, 'sed -i s/Sale/Offer/ "$1"')
    expect((await stage.run('edit shop/banner', text)).code).toBe(0)
    expect(stage.peer.get('shop/banner')).toBe('Offer!')
    const yaml = await editing(stage, 'sed -i "s/daily: 500/daily: 800/" "$1"')
    expect((await stage.run('edit shop/limits -m more', yaml)).code).toBe(0)
    expect(stage.peer.entry('shop/limits')).toMatchObject({
      value: { daily: 800, ids: ['01'] },
      release: { message: 'more' },
    })
  })

  it('takes JSON in the place of YAML, and prefers VISUAL', async () => {
    await using stage = await openStage(['alice'], { values })
    const { env } = await editing(stage, `echo '{"daily": 1}' > "$1"`)
    const run = await stage.run('edit shop/limits', {
      env: { ...env, VISUAL: env?.['EDITOR'], EDITOR: 'false' },
    })
    expect(run.code).toBe(0)
    expect(stage.peer.get('shop/limits')).toEqual({ daily: 1 })
  })

  it('writes nothing where nothing was changed', async () => {
    await using stage = await openStage(['alice'], { values })
    for (const script of ['true', 'touch "$1"', 'echo "# a remark" >> "$1"']) {
      const { code, err, out } = await stage.run('edit shop/limits', await editing(stage, script))
      expect({ code, out, err }).toEqual({
        code: 0,
        out: '',
        err: 'nothing was changed, and nothing is written\n',
      })
    }
    expect(stage.peer.entry('shop/limits')?.release.seq).toBe(1)
  })

  it('keeps what was typed where somebody else wrote the key meanwhile', async () => {
    await using stage = await openStage(['alice', 'bob'], { values })
    // The editor opens the gate, as somebody does who goes for a coffee, and ends once it is closed.
    const gate = join(stage.folder, 'gate')
    execFileSync('mkfifo', [gate], { timeout: 10_000 })
    const slow = await editing(stage, `echo mine > "$1"; cat ${gate}`)
    const running = stage.start('edit shop/banner', slow)
    const open = await openFile(gate, 'w')
    await stage.peerOf('bob').set('shop/banner', 'theirs')
    await stage.mesh.settle()
    await open.close()
    const { code, err } = await running.ended
    expect(code).toBe(5)
    expect(err).toContain('shop/banner was changed by bob meanwhile')
    expect(await readFile(fileNamed(err), 'utf8')).toBe('mine\n')
    expect(stage.peer.get('shop/banner')).toBe('theirs')
  })

  it('keeps what is no value, and edits it again where somebody can', async () => {
    await using stage = await openStage(['alice'], { values })
    const broken = await editing(stage, 'echo "daily: [" > "$1"')
    const kept = await stage.run('edit shop/limits', broken)
    expect(kept).toMatchObject({
      code: 2,
      err: expect.stringContaining('this is no YAML') as string,
    })
    expect(await readFile(fileNamed(kept.err), 'utf8')).toBe('daily: [\n')
    const mended = await editing(
      stage,
      `if grep -q '\\[' "$1"; then echo "daily: 2" > "$1"; else echo "daily: [" > "$1"; fi`,
    )
    const again = await stage.run('edit shop/limits', { ...mended, isTty: true, typed: ['y'] })
    expect(again.code).toBe(0)
    expect(stage.peer.get('shop/limits')).toEqual({ daily: 2 })
  })

  it('keeps what the mesh refuses', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true, values })
    const other = await editing(stage, 'echo mine > "$1"')
    const { code, err } = await stage.run('edit shop/banner', { ...other, at: 'bob' })
    expect(code).toBe(4)
    expect(await readFile(fileNamed(err), 'utf8')).toBe('mine\n')
  })

  it('opens no bytes, no secrets, and no key that is not there', async () => {
    await using stage = await openStage(['alice', 'bob'], {
      closed: true,
      values: { ...values, 'shop/logo': new Uint8Array([1]) },
    })
    await stage.peer.setSecret('shop/password', 'x', { to: ['alice'] })
    for (const [key, code] of [
      ['shop/logo', 2],
      ['shop/password', 2],
      ['shop/baner', 3],
    ] as const) {
      expect((await stage.run(['edit', key], { env: { EDITOR: 'false' } })).code).toBe(code)
    }
  })

  it('writes nothing where the editor fails', async () => {
    await using stage = await openStage(['alice'], { values })
    const failed = await stage.run('edit shop/banner', { env: { EDITOR: 'false' } })
    expect(failed).toMatchObject({
      code: 1,
      err: expect.stringContaining('ended with 1') as string,
    })
    expect(fileNamed(failed.err)).toBe('')
    const late = await editing(stage, 'echo mine > "$1"; exit 1')
    const { code, err } = await stage.run('edit shop/banner', late)
    expect(code).toBe(1)
    expect(await readFile(fileNamed(err), 'utf8')).toBe('mine\n')
  })
})
