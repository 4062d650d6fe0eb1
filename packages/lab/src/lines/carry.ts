import type { Socket } from 'node:net'
import { sever } from './sever.js'
import { longestWayMs, wayMs } from './weather.js'
import type { Weather } from './weather.js'

/** A connection over a line. */
export interface Pair {
  readonly ends: readonly [Socket, Socket]
  /** Goes on with what stood still. */
  readonly wake: Set<() => void>
  weather(this: void): Weather
  isOpen(this: void): boolean
}

interface Way {
  readonly from: Socket
  readonly to: Socket
  /** How many of so many bytes may still pass. */
  readonly pass: (count: number) => number
  readonly random: () => number
}

/** As much as a line holds that is slow or silent, before it holds its sender back. */
const heldBytesMax = 64 * 1024

/** Moves bytes one way; an empty chunk is the end. */
export function carry(pair: Pair, { from, to, pass, random }: Way): void {
  const held: { readonly chunk: Buffer; readonly dueAt: number }[] = []
  let heldBytes = 0
  let isMoving = false

  function take(chunk: Buffer): void {
    held.push({ chunk, dueAt: performance.now() + wayMs(pair.weather(), random) })
    heldBytes += chunk.length
    if (heldBytes > heldBytesMax) from.pause()
    if (!isMoving) void move()
  }

  async function move(): Promise<void> {
    isMoving = true
    for (let next = held.shift(); next !== undefined; next = held.shift()) {
      const { chunk, dueAt } = next
      await arrives(pair, dueAt, chunk.length)
      await sound(pair)
      if (!pair.isOpen()) return
      const passing = pass(chunk.length)
      if (chunk.length === 0) to.end()
      else await written(to, chunk.subarray(0, passing))
      if (passing < chunk.length) {
        reset(pair)
        return
      }
      heldBytes -= chunk.length
      from.resume()
    }
    isMoving = false
  }

  from.on('data', take)
  from.on('end', () => take(Buffer.alloc(0)))
}

/** Waits as long as a piece is under way: when the weather gets better meanwhile, no longer than it lets. */
async function arrives(pair: Pair, dueAt: number, bytes: number): Promise<void> {
  const began = performance.now()
  let arrivesAt = dueAt
  for (let now = began; pair.isOpen(); now = performance.now()) {
    const weather = pair.weather()
    arrivesAt = Math.min(arrivesAt, now + longestWayMs(weather))
    const passedAt = began + (bytes / weather.bytesPerSecond) * 1_000
    const leftMs = Math.max(arrivesAt, passedAt) - now
    if (leftMs <= 0) return
    await lasts(leftMs, pair)
  }
}

/** What a timer takes at most. */
const timerMsMax = 2 ** 31 - 1

/** So long, or until the weather changes. */
const lasts = async (ms: number, { wake }: Pair): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer)
      wake.delete(over)
      resolve()
    }
    const timer = setTimeout(over, Math.min(ms, timerMsMax))
    wake.add(over)
  })

/** Waits while the line is silent. */
async function sound({ weather, isOpen, wake }: Pair): Promise<void> {
  while (weather().state === 'silent' && isOpen()) {
    await new Promise<void>((resolve) => {
      wake.add(resolve)
    })
  }
}

/** Whether it went through or the connection is cut: that is told by its close. */
const written = (to: Socket, chunk: Buffer): Promise<void> =>
  new Promise((resolve) => {
    to.write(chunk, () => resolve())
  })

export function reset({ ends }: Pair): void {
  for (const end of ends) sever(end)
}
