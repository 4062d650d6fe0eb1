import type { Input, PeerId, Replica, ReplicaId } from '@grapevine/core'
import { describe, expect, it } from 'vitest'
import type { Node } from '../observer.js'
import { createProgress } from './progress.js'
import { planRehearsal } from './rehearsal.js'

const tick: Input = { type: 'tick' }

/** A peer that holds so many releases of one writer. */
function nodeOf(index: number, name: string, held: () => number): Node {
  const clock = (): ReadonlyMap<ReplicaId, number> => new Map([['w' as ReplicaId, held()]])
  return {
    index,
    name,
    peer: name as PeerId,
    isHonest: true,
    isAdmin: false,
    isUp: true,
    replica: { clock } as Replica,
    synced: new Map(),
    wall: () => 0,
  }
}

/** Draws once after so many events at a time of the mesh, and answers what was written. */
function drawnAt(at: number, holdings: readonly number[], columns = 100): string {
  let time = 0
  let written = ''
  const progress = createProgress({
    plan: planRehearsal({ forMs: 60_000 }, 1),
    columns,
    now: () => time,
    write: (text) => void (written += text),
  })
  const names = ['alice', 'bob', 'carol', 'dave', 'erin']
  const nodes = holdings.map((held, index) => nodeOf(index, names[index]!, () => held))
  for (const node of nodes) progress.opened!(node, 'first', 0)
  time = 512
  for (let event = 0; event < 256; event++) progress.handled!(nodes[0]!, tick, [], at)
  return written
}

describe('progress', () => {
  it('says how far it is, how fast it goes, and who lacks how much', () => {
    expect(drawnAt(15_000, [9, 4, 7, 8])).toBe(
      '\r  15.0 s of 60.0 s · 25 % · 500 events/s · bob lacks 5, carol 2, 1 more\u001B[K',
    )
  })

  it('says when nobody lacks anything', () => {
    expect(drawnAt(15_000, [9, 9, 9])).toContain(' · all have everything')
  })

  it('says when faults are over', () => {
    expect(drawnAt(61_500, [9, 8])).toContain('  healed, settling for 1.5 s · ')
  })

  it('stays within the terminal', () => {
    const line = drawnAt(15_000, [9, 4, 7, 8], 30)
    expect(line).toBe('\r  15.0 s of 60.0 s · 25 % · …\u001B[K')
  })

  it('takes away only what it has drawn', () => {
    let written = ''
    const write = (text: string): void => void (written += text)
    const plan = planRehearsal({}, 1)
    createProgress({ plan, columns: 80, now: () => 0, write }).clear()
    expect(written).toBe('')
  })
})
