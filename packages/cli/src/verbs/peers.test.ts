import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'
import type { Stage } from '../../test/stage.js'

const rowsOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))

/** Everybody has said that it has all there is. */
const heard = async ({ peer }: Stage): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (peer.peers().every(({ behind }) => behind === 0)) resolve()
    }
    peer.on('presence', look)
    look()
  })

describe('grapevine peers', () => {
  it('says who is linked, who was heard, and who lacks nothing', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true, values: { a: 1 } })
    await heard(stage)
    const [alice, bob] = rowsOf((await stage.run('peers')).out)
    expect(alice?.slice(0, 4)).toEqual(['alice', 'this one', '', ''])
    expect(bob?.slice(0, 4)).toEqual(['bob', expect.stringMatching(/\S/) as string, 'now', '0'])
    expect(bob?.[6]).toMatch(/^\d{4}-/)
  })

  it('says who is not linked any more, and what it lacked when it was heard last', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true, values: { a: 1 } })
    await heard(stage)
    stage.mesh.cut(['alice'], ['bob'])
    await stage.peer.set('a', 2)
    const [, bob] = rowsOf((await stage.run('peers')).out)
    expect(bob?.slice(0, 4)).toEqual(['bob', '-', 'now', '1'])
  })

  it('tells what the API answers with --json', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true, values: { a: 1 } })
    await heard(stage)
    const [, bob] = (await stage.run('peers --json')).out.trimEnd().split('\n')
    expect(JSON.parse(bob ?? '')).toMatchObject({ name: 'bob', isSelf: false, behind: 0 })
  })
})
