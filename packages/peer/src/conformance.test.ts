import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testStore } from './conformance.js'
import { levelStore } from './store/level-store.js'
import { memoryStore } from './store/memory-store.js'

interface Failing {
  fail(this: void): void
  mend(this: void): void
  check(this: void): void
}

/** A disk that fails when it is told to, in the words of the system. */
function failing(): Failing {
  let hasFailed = false
  return {
    fail() {
      hasFailed = true
    },
    mend() {
      hasFailed = false
    },
    check() {
      if (hasFailed) throw new Error('IO error: the.log: Input/output error')
    },
  }
}

testStore(
  'memoryStore',
  async () => {
    const disk = new Map<string, Uint8Array>()
    const { fail, mend, check } = failing()
    return {
      open: async () => memoryStore({ disk, beforeStore: check }),
      fail,
      mend,
      remove: async () => disk.clear(),
    }
  },
  { describe, expect, it },
)

testStore(
  'levelStore',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grapevine-store-'))
    const { fail, mend, check } = failing()
    return {
      open: () => levelStore(join(folder, 'data'), { onStep: check }),
      fail,
      mend,
      remove: () => rm(folder, { recursive: true }),
    }
  },
  { describe, expect, it },
)
