import { describe, expect, it } from 'vitest'
import { readEvents } from './read-events.js'

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array, undefined> {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  return undefined
}

async function all(text: string, size = 1_000): Promise<readonly unknown[]> {
  const events: unknown[] = []
  for await (const event of readEvents(inPieces(text, size))) events.push(event)
  return events
}

describe('readEvents', () => {
  const text =
    'retry: 1000\nid: x-1\nevent: state\ndata: {"a":"ä😀"}\n\n: heartbeat\n\nid: x-2\n\ndata:b\ndata: c\ndata\n\n'
  const events = [
    { event: 'state', id: 'x-1', data: '{"a":"ä😀"}' },
    { event: 'message', id: 'x-2', data: '' },
    { event: 'message', id: undefined, data: 'b\nc\n' },
  ]

  it('reads events however they are cut into pieces', async () => {
    for (const size of [1, 2, 3, 7, 1_000]) expect(await all(text, size), `${size}`).toEqual(events)
  })

  it('leaves out what did not come to its end', async () => {
    expect(await all('data: 1\n\ndata: 2\n')).toEqual([
      { event: 'message', id: undefined, data: '1' },
    ])
    expect(await all('')).toEqual([])
  })

  it('reads an event of many pieces once, and not again with each piece', async () => {
    const data = 'x'.repeat(8_000_000)
    expect(await all(`data: ${data}\n\n`, 4_096)).toEqual([
      { event: 'message', id: undefined, data },
    ])
  })
})
