import type { Node, Observer } from '../observer.js'
import type { Plan } from '../plan.js'
import { grouped } from './units.js'

interface ProgressOptions {
  readonly plan: Plan
  readonly columns: number
  /** Milliseconds of the real clock. */
  now(this: void): number
  /** Straight to the terminal. */
  write(this: void, text: string): void
}

/** A line that is drawn over itself while a run goes on. */
interface Progress extends Observer {
  /** Takes the line away, before something else is printed. */
  clear(): void
}

/** Asking for the time at every event would cost more than many an event. */
const eventsPerLook = 256
const drawMs = 200
/** In a crowd some stand for all. */
const sampleMax = 200
const namedMax = 2

export function createProgress({ plan, columns, now, write }: ProgressOptions): Progress {
  const nodes = new Map<number, Node>()
  const beganAt = now()
  let drawnAt = beganAt
  let events = 0
  let isDrawn = false

  function draw(at: number, time: number): void {
    const parts = [
      phaseOf(plan, at),
      `${grouped((events * 1000) / (time - beganAt))} events/s`,
      lackingOf([...nodes.values()]),
    ]
    write(`\r${clipped(`  ${parts.join(' · ')}`, columns - 1)}\u001B[K`)
    drawnAt = time
    isDrawn = true
  }

  return {
    opened(node) {
      nodes.set(node.index, node)
    },
    handled(_node, _input, _effects, at) {
      events += 1
      if (events % eventsPerLook !== 0) return
      const time = now()
      if (time - drawnAt >= drawMs) draw(at, time)
    },
    clear() {
      if (isDrawn) write('\r\u001B[K')
      isDrawn = false
    },
  }
}

function phaseOf({ safetyMs }: Plan, at: number): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  if (at >= safetyMs) return `healed, settling for ${seconds(at - safetyMs)}`
  return `${seconds(at)} of ${seconds(safetyMs)} · ${Math.floor((100 * at) / safetyMs)} %`
}

/** Who is behind what some other peer holds already, the worst first. */
function lackingOf(nodes: readonly Node[]): string {
  const step = Math.ceil(nodes.length / sampleMax)
  const clocks = nodes
    .filter(({ index, isHonest, isUp }) => index % step === 0 && isHonest && isUp)
    .map((node) => ({ name: node.name, clock: node.replica.clock() }))
  const held = new Map<string, number>()
  for (const { clock } of clocks) {
    for (const [replica, seq] of clock) held.set(replica, Math.max(held.get(replica) ?? 0, seq))
  }
  const total = sum(held.values())
  const behind = clocks
    .map(({ name, clock }) => ({ name, lacks: total - sum(clock.values()) }))
    .filter(({ lacks }) => lacks > 0)
    .sort((a, b) => b.lacks - a.lacks)
  if (behind.length === 0) return 'all have everything'
  const named = behind
    .slice(0, namedMax)
    .map(({ name, lacks }, index) => `${name}${index === 0 ? ' lacks' : ''} ${grouped(lacks)}`)
  const more = (behind.length - named.length) * step
  return [...named, ...(more > 0 ? [`${grouped(more)} more`] : [])].join(', ')
}

const sum = (counts: Iterable<number>): number => {
  let total = 0
  for (const one of counts) total += one
  return total
}

const clipped = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`
