import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'
import type { Running, Stage } from '../../test/stage.js'

/** A founder that really listens, so that somebody can come. */
async function founder(stage: Stage): Promise<Running> {
  await stage.run('init shop --name alice --yes', { at: 'founder' })
  const running = stage.start('up --listen 127.0.0.1:0', { at: 'founder' })
  await running.wrote('member known, listens on /ip4/')
  return running
}

describe('grapevine join', () => {
  it('enters as a peer with a token from a file, and waits until it holds the mesh', async () => {
    await using stage = await openStage()
    const alice = await founder(stage)
    await stage.run('set shop/banner Sale!', { at: 'founder' })
    await stage.run('invite --can shop/**=write --out bob.token', { at: 'founder' })
    const joined = await stage.run('join @bob.token --name bob', { at: 'bob' })
    expect(joined).toMatchObject({
      code: 0,
      out: 'bob is a member of shop: 2 members, 1 keys here\n',
    })
    expect((await stage.run('get shop/banner', { at: 'bob' })).out).toBe('Sale!\n')
    alice.interrupt()
    await alice.ended
  })

  it('takes a token from standard input, and typed unseen', async () => {
    await using stage = await openStage()
    const alice = await founder(stage)
    const invite = async () => (await stage.run('invite', { at: 'founder' })).out
    const piped = await stage.run('join - --name bob', { at: 'bob', stdin: await invite() })
    expect(piped.code, piped.err).toBe(0)
    const token = (await invite()).trim()
    const typed = await stage.run('join --name carol', {
      at: 'carol',
      isTty: true,
      typed: [`${token}\r`],
    })
    expect(typed.code, typed.err).toBe(0)
    expect(typed.out + typed.err).not.toContain(token.slice(0, 40))
    alice.interrupt()
    await alice.ended
  })

  it('refuses a token as an argument, and does not repeat it', async () => {
    await using stage = await openStage()
    const token = 'gv1.secret'
    const refused = await stage.run(`join ${token}`, { at: 'bob' })
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringContaining('write @file') as string,
    })
    expect(refused.err).not.toContain(token)
    await expect(stat(join(stage.folder, 'bob'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses what is no token before anything is made', async () => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'no.token'), 'gv1.nonsense')
    expect((await stage.run('join @no.token', { at: 'bob' })).code).toBe(2)
    await expect(stat(join(stage.folder, 'bob'))).rejects.toMatchObject({ code: 'ENOENT' })
    const nobody = await stage.run('join', { at: 'bob' })
    expect(nobody).toMatchObject({
      code: 2,
      err: expect.stringContaining('nobody is there to type it') as string,
    })
  })

  it('says plainly that nobody could be reached', async () => {
    await using stage = await openStage()
    const alice = await founder(stage)
    await stage.run('invite --out bob.token', { at: 'founder' })
    alice.interrupt()
    await alice.ended
    const { code, err } = await stage.run('join @bob.token --timeout 300ms', { at: 'bob' })
    expect(code).toBe(7)
    expect(err).toContain('reached nobody within 300ms')
    expect(err).toContain('grapevine up')
  })

  it('makes the key of a person, who then writes through a peer and is named in history', async () => {
    await using stage = await openStage(['alice'], { closed: true })
    await stage.run('invite --can shop/**=write --address 127.0.0.1:1 --out ann.token')
    const joined = await stage.run('join @ann.token --person ann.pem --name ann')
    expect(joined.code, joined.err).toBe(0)
    expect((await stat(join(stage.folder, 'ann.pem'))).mode & 0o777).toBe(0o600)
    const written = await stage.run('set shop/banner Sale! --as ann.pem')
    expect(written.code, written.err).toBe(0)
    expect(stage.peer.history('shop/banner')[0]?.release.authorName).toBe('ann')
    const again = await stage.run('join @ann.token --person ann.pem --name ann')
    expect(again).toMatchObject({
      code: 4,
      err: expect.stringContaining('left as it is') as string,
    })
    expect((await stage.run('join @ann.token --person bert.pem')).code).toBe(2)
  })
})
