import { describe, expect, it } from 'vitest'
import { examineNode, judgeRoom, judgeSync } from './machine.js'

describe('a machine', () => {
  it.each([
    ['18.20.4', 'fail'],
    ['20.18.0', 'fail'],
    ['20.19.0', 'ok'],
    ['26.1.0', 'ok'],
  ])('with Node %s: %s', (version, is) => {
    expect(examineNode(version).is).toBe(is)
  })

  it.each([
    [10 * 1024 * 1024, 'fail'],
    [500 * 1024 * 1024, 'warn'],
    [5_000 * 1024 * 1024, 'ok'],
  ])('with %d bytes free: %s', (bytes, is) => {
    expect(judgeRoom(bytes).is).toBe(is)
  })

  it('whose disk takes long is warned of: every write waits for it', () => {
    expect([judgeSync(3), judgeSync(450)].map(({ is }) => is)).toEqual(['ok', 'warn'])
  })
})
