import type { Socket } from 'node:net'
import { carry, reset } from './carry.js'
import type { Pair } from './carry.js'
import { sever } from './sever.js'
import { clear } from './weather.js'
import type { Weather } from './weather.js'

/** What lies between those who dial and what they reach, as the weather lets them. */
export interface Line {
  /** Somebody dials: `dial` leads on to whom is meant. */
  accept(this: void, inbound: Socket, dial: () => Socket): void
  weather(this: void, change: Partial<Weather>): void
  /** Cuts connections now: those for which it says so. */
  cut(this: void, which: () => boolean): number
  connections(this: void): number
  /** How many were turned away. */
  refused(this: void): number
}

export function openLine(random: () => number = Math.random): Line {
  const pairs = new Set<Pair>()
  let weather = clear
  let refused = 0

  function accept(inbound: Socket, dial: () => Socket): void {
    inbound.on('error', () => {})
    if (weather.state === 'down') {
      refused += 1
      sever(inbound)
      return
    }
    const pair: Pair = {
      ends: [inbound, dial()],
      wake: new Set(),
      weather: () => weather,
      isOpen: () => pairs.has(pair),
    }
    pairs.add(pair)
    join(pair, random, () => forget(pair))
  }

  function forget(pair: Pair): void {
    pairs.delete(pair)
    wakeUp(pair)
    reset(pair)
  }

  return {
    accept,
    weather(change) {
      weather = { ...weather, ...change }
      if (weather.state === 'down') for (const pair of pairs) reset(pair)
      for (const pair of pairs) wakeUp(pair)
    },
    cut(which) {
      const chosen = [...pairs].filter(which)
      for (const pair of chosen) reset(pair)
      return chosen.length
    },
    connections: () => pairs.size,
    refused: () => refused,
  }
}

/** Each end is carried to the other; when one has gone, the other is told as the weather lets it. */
function join(pair: Pair, random: () => number, forget: () => void): void {
  let bytesLeft = pair.weather().cutAfterBytes()
  const pass = (count: number): number => {
    const passing = Math.min(count, bytesLeft)
    bytesLeft -= passing
    return passing
  }
  const [one, other] = pair.ends
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.setNoDelay(true)
    from.on('error', () => {})
    from.on('close', () => whenHeard(pair, forget))
    carry(pair, { from, to, pass, random })
  }
}

/** In silence nobody hears that the other side has gone. */
function whenHeard(pair: Pair, then: () => void): void {
  if (pair.weather().state !== 'silent') return then()
  pair.wake.add(() => whenHeard(pair, then))
}

function wakeUp({ wake }: Pair): void {
  const all = [...wake]
  wake.clear()
  for (const go of all) go()
}
