import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine members', () => {
  it('says who belongs to the mesh, and what each may do until when', async () => {
    const can = { bob: { 'payments/**': 'write' } } as const
    await using stage = await openStage(['alice', 'bob', 'carol'], { closed: true, can })
    const { code, out } = await stage.run('members')
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'))
    expect(code).toBe(0)
    expect(rows.map(([name, , may]) => [name, may])).toEqual([
      ['alice (this one)', 'admin **'],
      ['bob', 'write payments/**'],
      ['carol', 'read'],
    ])
    for (const [, id, , until] of rows) {
      expect(id).toMatch(/^[0-9a-f]{8}$/)
      expect(until).toMatch(/^\d{4}-\d\d-\d\d /)
    }
  })

  it('has headings on a terminal, and an object a line with --json', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    expect((await stage.run('members', { isTty: true })).out).toMatch(/MEMBER +ID +MAY +UNTIL/)
    const lines = (await stage.run('members --json')).out.trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { name: string }).name)).toEqual([
      'alice',
      'bob',
    ])
  })

  it('says of an open mesh that everybody may do everything', async () => {
    await using stage = await openStage(['alice', 'bob'])
    const { out, err } = await stage.run('members')
    expect(out).toMatch(/^alice \(this one\)\t[0-9a-f]{8}\teverything\t$/m)
    expect(err).toContain('this mesh is open')
  })
})
