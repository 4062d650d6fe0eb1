import { describe, expect, it, vi } from 'vitest'
import { keepOpen } from './keep-open.js'
import type { Standing } from './keep-open.js'

const quick = { firstMs: 1, lastMs: 2, silenceMs: 20_000 }

/** Opens one line after the other: each says how it goes. */
function opened(...lines: readonly ((signal: AbortSignal) => AsyncIterable<string>)[]) {
  const heard: string[] = []
  const standings: Standing[] = []
  let count = 0
  const kept = {
    open: (signal: AbortSignal) => (lines[count++] ?? waits)(signal),
    heard: (event: string) => void heard.push(event),
    stands: (standing: Standing) => void standings.push(standing),
  }
  return { kept, heard, standings, lost: () => standings.filter(({ is }) => is === 'lost').length }
}

async function* says(...events: readonly string[]): AsyncGenerator<string> {
  yield* events
}

async function* breaks(): AsyncGenerator<string> {
  yield 'before'
  throw new Error('torn')
}

/** Until it is told to end. */
async function* waits(signal: AbortSignal): AsyncGenerator<string> {
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
  yield 'never'
}

describe('a stream that is kept open', () => {
  it('is opened again where it ended or broke, and says why it was lost', async () => {
    const { kept, heard, standings } = opened(
      () => says('a', 'b'),
      breaks,
      () => says('c'),
    )
    const stop = keepOpen(kept, quick)
    await vi.waitFor(() => expect(heard).toEqual(['a', 'b', 'before', 'c']))
    stop()
    const torn = expect.objectContaining({ message: 'torn' }) as unknown
    expect(standings.slice(0, 6)).toEqual([
      { is: 'opening' },
      { is: 'open' },
      { is: 'lost', why: undefined },
      { is: 'opening' },
      { is: 'open' },
      { is: 'lost', why: torn },
    ])
  })

  it('is open only once something was heard', async () => {
    const { kept, standings, lost } = opened(
      () => says(),
      () => says(),
    )
    const stop = keepOpen(kept, quick)
    await vi.waitFor(() => expect(lost()).toBe(2))
    stop()
    expect(standings.some(({ is }) => is === 'open')).toBe(false)
  })

  it('is lost where it is silent for too long', async () => {
    const { kept, heard, standings, lost } = opened(waits, () => says('again'))
    const stop = keepOpen(kept, { ...quick, silenceMs: 5 })
    await vi.waitFor(() => expect(heard).toContain('again'))
    stop()
    expect(lost()).toBeGreaterThan(0)
    expect(standings[1]).toMatchObject({ is: 'lost', why: { name: 'AbortError' } })
  })

  it('is left alone once asking again would change nothing', async () => {
    const { kept, standings, lost } = opened(breaks, () => says('again'))
    const stop = keepOpen({ ...kept, isFinal: (why) => (why as Error).message === 'torn' }, quick)
    await vi.waitFor(() => expect(lost()).toBe(1))
    expect(standings.at(-1)).toMatchObject({ is: 'lost' })
    stop()
  })

  it('ends its line, and tells nothing more, when it is told to stop', async () => {
    let isEnded = false
    const { kept, standings } = opened((signal) => {
      signal.addEventListener('abort', () => (isEnded = true))
      return waits(signal)
    })
    const stop = keepOpen(kept, quick)
    await vi.waitFor(() => expect(standings).toHaveLength(1))
    stop()
    expect(isEnded).toBe(true)
    expect(standings).toEqual([{ is: 'opening' }])
  })
})
