import { describe, expect, it } from 'vitest'
import { createWaitingRoom } from './waiting-room.js'

function crowded() {
  const room = createWaitingRoom()
  const evicted: string[] = []
  const enter = (host: string, name = host): (() => void) =>
    room.enter(host, () => evicted.push(name))
  return { enter, evicted }
}

describe('a waiting room', () => {
  it('turns out whoever of a host has waited longest', () => {
    const { enter, evicted } = crowded()
    for (let index = 0; index < 40; index++) enter('flood', `${index}`)
    enter('other')
    expect(evicted).toEqual(Array.from({ length: 8 }, (_, index) => `${index}`))
  })

  it('has an end for all hosts together', () => {
    const { enter, evicted } = crowded()
    for (let index = 0; index < 300; index++) enter(`host ${index}`)
    expect(evicted).toHaveLength(44)
    expect(evicted[0]).toBe('host 0')
  })

  it('turns out nobody who has left', () => {
    const { enter, evicted } = crowded()
    for (let index = 0; index < 1_000; index++) enter('busy')()
    expect(evicted).toEqual([])
  })
})
