import { manualClock } from '@grapevine/peer/testing'
import type { ManualClock } from '@grapevine/peer/testing'
import { describe, expect, it } from 'vitest'
import { pacedSource } from './paced-source.js'
import type { Topic } from './paced-source.js'
import type { EventSource } from '../event-stream.js'

/** A topic that tells how often there was news of it. */
function counted(event: string, topic: Omit<Topic, 'take'>, workMs = 0, clock?: ManualClock) {
  let news = (): void => {}
  let count = 0
  let told = -1
  return {
    tell(): void {
      count += 1
      news()
    },
    topic: {
      ...topic,
      follow(call: () => void) {
        news = call
        return () => (news = () => {})
      },
      take() {
        clock?.advance(workMs)
        if (told === count) return undefined
        told = count
        return { event, data: count }
      },
    } satisfies Topic,
  }
}

const open = (clock: ManualClock, ...topics: readonly Topic[]): EventSource =>
  pacedSource(topics, clock, { isOver: () => false, close() {} })

/** What a reader takes who is fast. */
function taken(source: EventSource): readonly string[] {
  const all: string[] = []
  for (;;) {
    const event = source.take()
    if (event === undefined || event === 'end') return all
    all.push(`${event.event} ${String(event.data)}`)
  }
}

describe('a stream of several topics', () => {
  it('tells each at first, in the order of the table, and then what is new', () => {
    const clock = manualClock()
    const [a, b] = [counted('a', { gapMs: 100 }), counted('b', { gapMs: 100 })]
    const source = open(clock, a.topic, b.topic)
    expect(taken(source)).toEqual(['a 0', 'b 0'])
    clock.advance(1_000)
    expect(taken(source)).toEqual([])
    b.tell()
    expect(taken(source)).toEqual(['b 1'])
  })

  it('tells no topic sooner after the last time than its gap, and then its newest state', () => {
    const clock = manualClock()
    const a = counted('a', { gapMs: 100 })
    const source = open(clock, a.topic)
    expect(taken(source)).toEqual(['a 0'])
    for (let at = 0; at < 3; at += 1) a.tell()
    clock.advance(99)
    expect(taken(source)).toEqual([])
    clock.advance(1)
    expect(taken(source)).toEqual(['a 3'])
  })

  it('wakes its reader when a topic may be told again, and not for each piece of news', () => {
    const clock = manualClock()
    const a = counted('a', { gapMs: 100 })
    const source = open(clock, a.topic)
    taken(source)
    let calls = 0
    const stop = source.onNews(() => (calls += 1))
    for (let at = 0; at < 50; at += 1) a.tell()
    expect(calls).toBe(1)
    stop()
    expect(taken(source)).toEqual([])
    const stopAgain = source.onNews(() => (calls += 1))
    clock.advance(99)
    expect(calls).toBe(1)
    clock.advance(1)
    expect(calls).toBe(2)
    stopAgain()
    clock.advance(1_000)
    expect(calls).toBe(2)
  })

  it('looks by itself at what nobody tells, from its first time on', () => {
    const clock = manualClock()
    const beat: Topic = {
      gapMs: 5,
      everyMs: 50,
      firstMs: 20,
      take: () => ({ event: 'beat', data: clock.now() }),
    }
    const source = open(clock, beat)
    const began = clock.now()
    const heard: string[] = []
    for (let at = 0; at < 200; at += 10) {
      heard.push(...taken(source))
      clock.advance(10)
    }
    expect(heard).toEqual([20, 70, 120, 170].map((at) => `beat ${began + at}`))
  })

  it('lets no topic that always has news keep another waiting, however slow the reader is', () => {
    const clock = manualClock()
    const [loud, quiet] = [counted('loud', { gapMs: 1 }), counted('quiet', { gapMs: 1 })]
    const source = open(clock, loud.topic, quiet.topic)
    taken(source)
    const heard = new Map<string, number>()
    for (let at = 0; at < 20; at += 1) {
      loud.tell()
      quiet.tell()
      clock.advance(1_000)
      const event = source.take()
      if (event === undefined || event === 'end') continue
      heard.set(event.event, (heard.get(event.event) ?? 0) + 1)
    }
    expect(heard).toEqual(
      new Map([
        ['loud', 10],
        ['quiet', 10],
      ]),
    )
  })

  it('works out what is expensive less often', () => {
    const clock = manualClock()
    const a = counted('a', { gapMs: 10 }, 50, clock)
    const source = open(clock, a.topic)
    expect(taken(source)).toEqual(['a 0'])
    a.tell()
    clock.advance(999)
    expect(taken(source)).toEqual([])
    clock.advance(1)
    expect(taken(source)).toEqual(['a 1'])
  })

  it('ends when there is nothing to tell any more, and leaves nobody listening', () => {
    const clock = manualClock()
    const a = counted('a', { gapMs: 10 })
    let isOver = false
    let closes = 0
    const source = pacedSource([a.topic], clock, {
      isOver: () => isOver,
      close: () => (closes += 1),
    })
    taken(source)
    isOver = true
    expect(source.take()).toBe('end')
    let calls = 0
    source.onNews(() => (calls += 1))
    source.close()
    a.tell()
    expect([closes, calls]).toEqual([1, 0])
  })
})
