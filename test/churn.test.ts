import { describe, expect, it, vi } from 'vitest'
import { churn } from './mesh/churn.ts'
import { report } from './mesh/report.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const forMs = 24_000
const megabyte = 1024 * 1024

describe('a peer around which all others come and go', () => {
  it('holds no more memory, files and timers in the end than soon after the beginning', async () => {
    const { samples, events, judgement } = await churn({ forMs, sampleEveryMs: 4_000, seed: 1 })
    report('churn', {
      ...Object.fromEntries(events),
      acknowledged: judgement.acknowledged,
      'heap MB': samples.map(({ heapBytes }) => Math.round(heapBytes / megabyte)).join(' '),
      files: samples.map(({ files }) => files).join(' '),
      timers: samples.map(({ timers }) => timers).join(' '),
    })
    const [, early] = samples
    const late = samples.at(-1)
    expect(judgement).toMatchObject({ lost: [], phantom: [], risen: [] })
    expect(late!.heapBytes - early!.heapBytes).toBeLessThan(16 * megabyte)
    expect(late!.files - early!.files).toBeLessThan(8)
    expect(late!.timers).toBeLessThan(150)
  })
})
