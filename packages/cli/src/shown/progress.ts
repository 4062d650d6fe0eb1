import { styleText } from 'node:util'
import type { Reach } from '@grapevine/peer'
import type { Call } from '../call.js'
import { reachInWords } from './reach-in-words.js'
import { spanOf } from './spans.js'

/** How far a release has come, for whoever waits for it. */
interface Progress {
  show(reach: Reach): void
  /** What was shown last stays. */
  end(): void
}

/** A bar that moves where somebody looks at it; elsewhere lines, and none that says the same again. */
export function openProgress(call: Call): Progress {
  const { common, terminal } = call
  if (common.quiet || common.json) return { show: () => {}, end: () => {} }
  return terminal.stderr.isTTY === true ? openBar(call) : openLines(call)
}

const cells = 20
/** What is silent becomes more so. */
const repaintMs = 1_000

function openBar({ terminal: { stderr } }: Call): Progress {
  const startedAt = performance.now()
  let reach: Reach | undefined
  const paint = (isLast: boolean): void => {
    if (reach === undefined) return
    const took = isLast ? ` · ${tookOf(performance.now() - startedAt)}` : ''
    // A terminal that does not know its size says 0.
    const room = (stderr.columns || 80) - 1
    const text = `${reachInWords(reach, Date.now())}${took}`.slice(0, room)
    const bar = barOf(reach, Math.min(cells, room - text.length - 4), (style, part) =>
      styleText(style, part, { stream: stderr }),
    )
    stderr.write(`\r${bar}${text}\u001b[K`)
  }
  const timer = setInterval(() => paint(false), repaintMs)
  return {
    show(now) {
      reach = now
      paint(false)
    },
    end() {
      clearInterval(timer)
      paint(true)
      if (reach !== undefined) stderr.write('\n')
    },
  }
}

/** What was quick is told more exactly. */
const tookOf = (ms: number): string =>
  ms >= 1_000 && ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : spanOf(ms)

function barOf(
  { reached, refused, members }: Reach,
  width: number,
  style: (style: 'green' | 'red' | 'dim', text: string) => string,
): string {
  if (width < 1) return ''
  // What is not there yet is seen, however little it is.
  const full = Math.floor((reached / members) * width)
  const bad =
    refused === 0 ? 0 : Math.min(width - full, Math.max(1, Math.floor((refused / members) * width)))
  const parts = [
    ['green', '█'.repeat(full)],
    ['red', '▒'.repeat(bad)],
    ['dim', '░'.repeat(width - full - bad)],
  ] as const
  const bar = parts.map(([colour, part]) => (part === '' ? '' : style(colour, part)))
  return `  ${bar.join('')}  `
}

/** A log is read afterwards: so often is often enough. */
const lineGapMs = 1_000

function openLines(call: Call): Progress {
  let saidAt = -Infinity
  let said = ''
  let reach: Reach | undefined
  const sayIt = (): void => {
    const line = reach && `  ${reachInWords(reach, Date.now())}`
    if (line === undefined || line === said) return
    call.say(line)
    said = line
    saidAt = performance.now()
  }
  return {
    show(now) {
      reach = now
      if (performance.now() - saidAt >= lineGapMs) sayIt()
    },
    end: sayIt,
  }
}
