import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createListeners } from './listeners.js'
import type { Listeners } from './listeners.js'

interface Happenings {
  readonly rain: number
  readonly sun: string
}

function listening(): { listeners: Listeners<Happenings>; failed: string[]; heard: unknown[] } {
  const failed: string[] = []
  const listeners = createListeners<Happenings>(['rain', 'sun'], (error, event) => {
    failed.push(`${event}: ${(error as Error).message}`)
  })
  return { listeners, failed, heard: [] }
}

// oxlint-disable-next-line unicorn/no-thenable -- code that is not ours can do this
const brokenThenable: object = Object.defineProperty({}, 'then', {
  get: () => {
    throw new Error('no promise at all')
  },
})

describe('listeners', () => {
  it('hear their own event, in the order in which they came', () => {
    const { listeners, heard } = listening()
    listeners.on('rain', (mm) => heard.push(['first', mm]))
    listeners.on('rain', (mm) => heard.push(['second', mm]))
    listeners.on('sun', (hours) => heard.push(hours))
    listeners.fire('rain', 3)
    expect(heard).toEqual([
      ['first', 3],
      ['second', 3],
    ])
  })

  it('harm nobody else when they fail, at once or later', async () => {
    const { listeners, failed, heard } = listening()
    listeners.on('rain', () => {
      throw new Error('at once')
    })
    listeners.on('rain', async () => {
      await Promise.resolve()
      throw new Error('later')
    })
    listeners.on('rain', () => brokenThenable)
    listeners.on('rain', (mm) => heard.push(mm))
    listeners.fire('rain', 3)
    expect(heard).toEqual([3])
    await expect.poll(() => failed.length).toBe(3)
    expect(new Set(failed)).toEqual(
      new Set(['rain: at once', 'rain: later', 'rain: no promise at all']),
    )
  })

  it('stop when they say so, also in the middle of an event', () => {
    const { listeners, heard } = listening()
    listeners.on('rain', () => stopLast())
    const stopLast = listeners.on('rain', (mm) => heard.push(mm))
    const stop = listeners.on('rain', () => {
      heard.push('only once')
      stop()
    })
    listeners.fire('rain', 1)
    listeners.fire('rain', 2)
    expect(heard).toEqual(['only once'])
  })

  it('stop when their signal aborts, and leave nothing on it', () => {
    const { listeners, heard } = listening()
    const controller = new AbortController()
    const { signal } = controller
    listeners.on('rain', (mm) => heard.push(mm), { signal })
    listeners.fire('rain', 1)
    controller.abort()
    listeners.on('rain', (mm) => heard.push(mm), { signal })
    listeners.fire('rain', 2)
    expect(heard).toEqual([1])
  })

  it('leave nothing on their signals when all are sent away', () => {
    const { listeners, heard } = listening()
    const { signal } = new AbortController()
    const onSignal = (): number => getEventListeners(signal, 'abort').length
    listeners.on('rain', (mm) => heard.push(mm), { signal })
    const stop = listeners.on('sun', (hours) => heard.push(hours), { signal })
    expect(onSignal()).toBe(2)
    stop()
    expect(onSignal()).toBe(1)
    listeners.clear()
    listeners.fire('rain', 1)
    expect([onSignal(), heard]).toEqual([0, []])
  })

  it('who come in the middle of an event hear the next one', () => {
    const { listeners, heard } = listening()
    const stop = listeners.on('rain', () => {
      stop()
      listeners.on('rain', (mm) => heard.push(mm))
    })
    listeners.fire('rain', 1)
    listeners.fire('rain', 2)
    expect(heard).toEqual([2])
  })

  it('hear events in the order in which they happened, also those that a listener causes', () => {
    const { listeners, heard } = listening()
    listeners.on('rain', (mm) => mm === 1 && listeners.fire('rain', 2))
    listeners.on('rain', (mm) => heard.push(mm))
    listeners.fire('rain', 1)
    expect(heard).toEqual([1, 2])
  })

  it('can be one function twice, of which one stops', () => {
    const { listeners, heard } = listening()
    const hear = (mm: number): unknown => heard.push(mm)
    const stop = listeners.on('rain', hear)
    listeners.on('rain', hear)
    stop()
    stop()
    listeners.fire('rain', 1)
    expect(heard).toEqual([1])
  })

  it('must be functions, of events that there are', () => {
    const { listeners } = listening()
    expect(() => listeners.on('snow' as 'rain', () => {})).toThrow(
      "there is no event 'snow': listen to one of rain, sun",
    )
    expect(() => listeners.on('rain', 'me' as never)).toThrow(
      "listener 'me' cannot be called: pass a function",
    )
    expect(() => listeners.on('rain', () => {}, { signal: {} as never })).toThrow(
      'signal {} cannot be listened to: pass the signal of an AbortController',
    )
  })
})
