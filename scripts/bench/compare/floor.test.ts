import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Measured } from './figures.ts'
import { floor, signedFloor } from './floor.ts'
import { works } from './works.ts'
import type { Amounts } from './works/work.ts'

const few: Amounts = {
  samples: 3,
  restMs: 0,
  burst: 20,
  keys: 10,
  manyKeys: 10,
  windowMs: 10,
  settleMs: 1,
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grapevine-bench-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function figuresOf(work: string, system: typeof floor): Promise<readonly Measured[]> {
  const asked = works.find(({ name }) => name === work)!
  const measured: Measured[] = []
  for await (const one of asked.run({ system, folder, amounts: few })) measured.push(one)
  return measured
}

describe.each([floor, signedFloor])('$name', (system) => {
  it.each(['read', 'write', 'last-3', 'burst', 'cpu', 'wire', 'round-trip'])(
    'really does: %s',
    async (work) => {
      const measured = await figuresOf(work, system)
      expect(new Set(measured.map(({ figure }) => figure))).toEqual(
        new Set(works.find(({ name }) => name === work)!.figures),
      )
      const lost = measured.filter(({ figure }) => figure === 'burst-lost')
      expect(lost.every((one) => 'samples' in one && one.samples[0] === 0)).toBe(true)
      for (const one of measured) {
        const samples = 'samples' in one ? one.samples : []
        expect(samples.length).toBeGreaterThan(0)
        expect(samples.every(Number.isFinite)).toBe(true)
      }
    },
  )
})

it('sends each watcher the payload and the signature, and next to nothing else', async () => {
  const wire = (await figuresOf('wire', signedFloor)).find(({ figure }) => figure === 'wire')
  expect(wire).toEqual({ figure: 'wire', samples: [265] })
})
