import type { Lacking, LackingRow } from '../measure/figures.js'
import { digits } from './format.js'
import { html, trusted } from './html.js'
import type { Markup } from './html.js'
import { rectangle } from './plot.js'

/** How many shades there are; a shade is a CSS class, so that light and dark can differ. */
const shades = 6
const roundNumbers = [
  0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000,
]

/** From how many missing releases on each shade is used. The darkest is for what was worst here. */
export interface Scale {
  readonly from: readonly number[]
}

/**
 * A calm run must look calm: what is just on its way is left blank, and the darkest shade is for
 * five missing releases or more.
 */
export function scaleOf({ rows }: Lacking): Scale {
  const most = rows.reduce((max, { cells }) => cells.reduce((a, b) => Math.max(a, b), max), 0)
  const last = Math.max(
    3,
    roundNumbers.findLastIndex((each) => each <= most * 0.8),
  )
  return {
    from: [roundNumbers[0]!, ...roundNumbers.slice(Math.max(1, last - shades + 2), last + 1)],
  }
}

/** 0: blank. */
const shadeOf = ({ from }: Scale, lacked: number): number =>
  from.findLastIndex((least) => lacked >= least) + 1

/** One path for each shade; cells that follow each other in one shade are one rectangle. */
function heatShapes(rows: readonly LackingRow[], scale: Scale): string {
  const paths = new Map<string, string>()
  for (const [row, { cells }] of rows.entries()) {
    let start = 0
    for (let column = 1; column <= cells.length; column++) {
      const name = classOf(cells[start]!, scale)
      if (column < cells.length && classOf(cells[column]!, scale) === name) continue
      if (name !== '') {
        const cell = rectangle(start, row + 0.06, column - start, 0.88)
        paths.set(name, (paths.get(name) ?? '') + cell)
      }
      start = column
    }
  }
  return [...paths].map(([name, path]) => `<path class="${name}" d="${path}"/>`).join('')
}

function classOf(cell: number, scale: Scale): string {
  if (cell < 0) return 'down'
  const shade = shadeOf(scale, cell)
  return shade === 0 ? '' : `h${shade}`
}

export function heatMap(rows: readonly LackingRow[], scale: Scale, columns: number): Markup {
  const titles = rows.map(({ name, cells }, row) => {
    const most = cells.reduce((max, cell) => Math.max(max, cell), 0)
    const text = most === 0 ? 'lacked nothing for long' : `lacked up to ${digits(most)}`
    return html`<path class="hover" d="M0 ${row}h${columns}v1h${-columns}z"
      ><title>${name} ${text}</title></path
    >`
  })
  return html`<svg
    viewBox="0 0 ${columns} ${rows.length}"
    preserveAspectRatio="none"
    role="img"
    aria-label="Missing releases for each peer over time"
  >
    ${trusted(heatShapes(rows, scale))}${titles}
  </svg>`
}

export function heatLegend({ from }: Scale, hasDown: boolean): Markup {
  // The first shade begins at half a release, because it is an average over a piece of time.
  const label = (index: number): string => (index === 0 ? 'any' : `≥ ${digits(from[index]!)}`)
  return html`<ul class="scale">
    <li>missing releases</li>
    ${from.map((_, index) => html`<li><i class="h${index + 1}"></i>${label(index)}</li>`)}
    ${hasDown ? html`<li><i class="down"></i>not running</li>` : ''}
  </ul>`
}
