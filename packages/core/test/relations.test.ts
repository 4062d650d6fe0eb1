import { describe, expect, it } from 'vitest'
import * as lib from '../src/index.js'
import { type MessageType } from '../src/message.js'
import { type Reaction, type Relation, react, relationNames } from './relations.js'

type Reactions = readonly Reaction[]

const forkLearned: Reactions = [
  'stores',
  'shows',
  'tells forked',
  'gossips statements',
  'tells void',
]

/**
 * What a replica does about each message, by its own clock (for statements: its own statements)
 * against what the message shows. No cell is optional: a new message does not compile until it is
 * specified here.
 */
const table: Record<MessageType, Record<Relation, Reactions>> = {
  release: {
    behind: ['stores', 'shows', 'applied'],
    equal: ['duplicate'],
    ahead: ['duplicate'],
    concurrent: ['stores', 'shows', 'applied'],
    gap: ['pulls want', 'waiting'],
    forked: [...forkLearned, 'forked'],
  },
  announce: {
    behind: ['pulls want'],
    equal: [],
    ahead: [],
    concurrent: ['pulls want'],
    gap: ['pulls want'],
    // The mark alone proves nothing; the next clock exchange brings the evidence.
    forked: [],
  },
  summary: {
    behind: ['sends clock'],
    equal: ['sends summary', 'synced'],
    ahead: ['sends clock'],
    concurrent: ['sends clock'],
    gap: ['sends clock'],
    forked: ['sends clock'],
  },
  standing: {
    behind: ['sends statements'],
    equal: ['sends statements'],
    ahead: ['sends statements'],
    concurrent: ['sends statements'],
    gap: ['sends statements'],
    forked: ['sends statements'],
  },
  statements: {
    behind: ['stores', 'shows', 'tells statement', 'tells void', 'sends statements', 'sends clock'],
    equal: ['sends statements', 'sends clock'],
    ahead: ['sends statements', 'sends clock'],
    concurrent: ['stores', 'tells statement', 'sends statements', 'sends clock'],
    // A statement that comes before its predecessor is not kept.
    gap: ['sends statements', 'sends clock'],
    forked: ['stores', 'shows', 'tells statement', 'sends statements', 'sends clock'],
  },
  clock: {
    behind: ['sends want'],
    equal: ['sends summary'],
    ahead: ['sends delta'],
    concurrent: ['sends want', 'sends delta'],
    gap: ['sends want'],
    forked: ['sends evidence', 'sends summary'],
  },
  want: {
    behind: [],
    equal: [],
    ahead: ['sends delta'],
    concurrent: ['sends delta'],
    gap: [],
    forked: ['sends evidence'],
  },
  delta: {
    behind: ['stores', 'shows', 'applied', 'sends summary'],
    equal: ['duplicate', 'sends summary'],
    ahead: ['duplicate', 'sends summary'],
    concurrent: ['stores', 'shows', 'applied', 'sends summary'],
    gap: ['pulls want', 'waiting', 'sends summary'],
    forked: [...forkLearned, 'forked', 'sends summary'],
  },
  evidence: {
    behind: [],
    equal: [],
    ahead: [],
    concurrent: [],
    gap: [],
    forked: forkLearned,
  },
  'snapshot-want': {
    behind: ['sends snapshot'],
    equal: ['sends snapshot'],
    ahead: ['sends snapshot'],
    concurrent: ['sends snapshot'],
    gap: ['sends snapshot'],
    forked: ['sends snapshot'],
  },
  // One that was asked for; `relations.ts` says how.
  snapshot: {
    behind: ['stores', 'shows', 'sends summary'],
    equal: ['sends summary'],
    ahead: ['sends summary'],
    concurrent: ['stores', 'shows', 'sends summary'],
    gap: ['stores', 'shows', 'sends summary'],
    forked: [...forkLearned, 'sends summary'],
  },
  presence: {
    behind: ['applied'],
    equal: ['applied'],
    ahead: ['applied'],
    concurrent: ['applied'],
    gap: ['applied'],
    forked: ['applied'],
  },
  // What stands on a badge that is known already is no news; `door.test.ts` has those that are.
  badges: {
    behind: ['duplicate'],
    equal: ['duplicate'],
    ahead: ['duplicate'],
    concurrent: ['duplicate'],
    gap: ['duplicate'],
    forked: ['duplicate'],
  },
  'badges-want': {
    behind: ['sends badges'],
    equal: ['sends badges'],
    ahead: ['sends badges'],
    concurrent: ['sends badges'],
    gap: ['sends badges'],
    forked: ['sends badges'],
  },
}

describe('a replica that gets a message', () => {
  for (const [type, row] of Object.entries(table) as [MessageType, typeof table.clock][]) {
    for (const relation of relationNames) {
      const will = row[relation].join(', ') || 'does nothing'
      it(`${type}, ${relation}: ${will}`, () => {
        expect(react(lib, type, relation)).toEqual(row[relation])
      })
    }
  }
})
