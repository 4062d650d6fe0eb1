import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import type { Options } from 'uplot'
import { amountInWords } from './amounts.js'
import type { Unit } from './amounts.js'
import { roundTop, spanInWords } from './columns.js'
import type { Columns, Frame } from './columns.js'
import type { Inks } from './inks.js'

interface Plotted {
  readonly columns: Columns
  readonly frame: Frame
  readonly unit: Unit
  readonly topMin: number
  readonly inks: Inks
  readonly label: string
  /** Tells which of the times is pointed at; undefined: none is. */
  readonly onPoint: (at: number | undefined) => void
}

/** Lines over the time that is shown. */
export function Plot({ columns, frame, unit, topMin, inks, label, onPoint }: Plotted) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | undefined>(undefined)
  const shown = useRef({ columns, frame })
  shown.current = { columns, frame }
  const lines = columns.length - 1

  useEffect(() => {
    const { current: within } = place
    if (within === null) return undefined
    const size = sizeOf(within)
    const drawn = new UPlot(
      optionsOf({ unit, topMin, inks, lines, onPoint, size, frameNow: () => shown.current.frame }),
      shown.current.columns,
      within,
    )
    plot.current = drawn
    const resizing = new ResizeObserver(() => drawn.setSize(sizeOf(within)))
    resizing.observe(within)
    return () => {
      resizing.disconnect()
      drawn.destroy()
    }
  }, [unit, topMin, inks, lines, onPoint])

  useEffect(() => plot.current?.setData(columns), [columns, frame])

  return <div class="figures-plot" ref={place} role="img" aria-label={label} />
}

const heightPx = 120

const sizeOf = ({
  clientWidth,
}: HTMLElement): { readonly width: number; readonly height: number } => ({
  width: clientWidth,
  height: heightPx,
})

interface Drawing extends Pick<Plotted, 'unit' | 'topMin' | 'inks' | 'onPoint'> {
  readonly lines: number
  readonly size: ReturnType<typeof sizeOf>
  readonly frameNow: () => Frame
}

/** The same places on all of them, so that one moment stands on one line through all. */
function optionsOf({ unit, topMin, inks, lines, onPoint, size, frameNow }: Drawing): Options {
  return {
    ...size,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      sync: { key: 'figures' },
      points: { size: 7 },
    },
    scales: {
      x: { range: () => [frameNow().from, frameNow().to] },
      y: { range: (plot) => [0, roundTop(plot.data as Columns, frameNow().from, topMin)] },
    },
    series: [{}, ...Array.from({ length: lines }, (_, line) => lineOf(line, lines, inks))],
    axes: [
      {
        ...axisOf(inks),
        size: 24,
        splits: (_plot, _axis, from, to) => thirds.map((third) => to - third * (to - from)),
        values: (_plot, [from = 0, , , to = 0]) => thirds.map((third) => timeAgo(third, to - from)),
        grid: { show: false },
      },
      {
        ...axisOf(inks),
        size: 64,
        splits: (_plot, _axis, _min, top) => [0, top / 2, top],
        values: (_plot, splits) =>
          splits.map((amount) => (amount === 0 ? '0' : amountInWords(amount, unit))),
        grid: { stroke: inks.grid, width: 1 },
      },
    ],
    hooks: {
      setCursor: [({ cursor: { idx } }) => onPoint(idx ?? undefined)],
    },
  }
}

const thirds = [1, 2 / 3, 1 / 3, 0] as const

/** `−15 min`, `−10`, `−5`, `now`. */
function timeAgo(third: number, seconds: number): string {
  if (third === 0) return 'now'
  const [count = '', unit = ''] = spanInWords(Math.round(seconds)).split(' ')
  return `−${Math.round(Number(count) * third)}${third === 1 ? ` ${unit}` : ''}`
}

const axisOf = ({ text }: Inks) =>
  ({ stroke: text, font: '12px system-ui, sans-serif', ticks: { show: false }, gap: 6 }) as const

/** The first above all others. */
function lineOf(line: number, lines: number, { lines: inks, wash }: Inks): UPlot.Series {
  return {
    stroke: inks[line] ?? wash,
    width: line === 0 ? 2 : 1.25,
    ...(lines === 1 && { fill: wash }),
    points: { show: false },
    spanGaps: false,
  }
}
