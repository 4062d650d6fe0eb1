import { expect, it } from 'vitest'
import { createHold } from './hold.js'

it('those who wait go on in their order, none before its time', async () => {
  const hold = createHold()
  const startMs = performance.now()
  const gone: number[] = []
  await Promise.all(
    [0, 5, 5, 20].map(async (waitMs, index) => {
      await hold(startMs + waitMs)
      expect(performance.now() - startMs).toBeGreaterThanOrEqual(waitMs)
      gone.push(index)
    }),
  )
  expect(gone).toEqual([0, 1, 2, 3])
})
