import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

const at = '--address 127.0.0.1:7300'

describe('grapevine invite', () => {
  it('prints the token and nothing else, so that it can be piped', async () => {
    await using stage = await openStage(['alice'], { closed: true })
    const { code, out, err } = await stage.run(`invite ${at}`)
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^gv1\.\S+\n$/) as string,
    })
    expect(err).toContain('lets one in until')
    expect(err).toMatch(/grapevine revoke [0-9a-f]{8}/)
    expect(err).not.toContain('gv1.')
  })

  it('writes it for its owner alone, never over a file, and makes none that it cannot keep', async () => {
    await using stage = await openStage(['alice'], { closed: true })
    const file = join(stage.folder, 'bob.token')
    const made = await stage.run(`invite ${at} --uses many --out bob.token`)
    expect(made).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('as many in as come') as string,
    })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).toMatch(/^gv1\.\S+\n$/)
    await writeFile(file, 'precious')
    expect((await stage.run(`invite ${at} --out bob.token`)).code).toBe(2)
    expect(await readFile(file, 'utf8')).toBe('precious')
  })

  it('leaves no file behind where no token was made', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    const refused = await stage.run(`invite ${at} --out carol.token`, { at: 'bob' })
    expect(refused.code).toBe(4)
    await expect(stat(join(stage.folder, 'carol.token'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses rights that are none, before anybody is asked', async () => {
    await using stage = await openStage(['alice'], { closed: true })
    for (const can of ['payments', 'payments/**=own', '=write']) {
      expect((await stage.run(['invite', '--can', can], { at: 'nobody' })).code, can).toBe(2)
    }
    expect((await stage.run('invite --uses twice', { at: 'nobody' })).code).toBe(2)
  })

  it('says in an open mesh that there are no doors', async () => {
    await using stage = await openStage()
    expect(await stage.run('invite')).toMatchObject({
      code: 4,
      err: expect.stringContaining('is open') as string,
    })
  })

  it('acts with the key of a person only where it has a peer of its own', async () => {
    await using stage = await openStage(['alice'], { closed: true })
    await stage.run(`invite ${at} --can **=invite --out ann.token`)
    await stage.run('join @ann.token --person ann.pem --name ann')
    const refused = await stage.run(`invite ${at} --as ann.pem`)
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringContaining('would have to be handed the key') as string,
    })
    await stage.run('init shop --yes', { at: 'own' })
    const root = join(stage.folder, 'shop-root.pem')
    const made = await stage.run(`invite ${at} --as ${root}`, { at: 'own' })
    expect(made, made.err).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^gv1\./) as string,
    })
  })
})
