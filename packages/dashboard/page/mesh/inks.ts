import { inkOf } from '../theme.js'
import { hues } from './ripples.js'
import type { Standing } from './standing.js'

/** The colours of the theme, as a canvas takes them. */
export interface Inks {
  readonly standing: Readonly<Record<Standing, string>>
  readonly ripples: readonly string[]
  readonly link: string
  readonly rough: string
  readonly ground: string
  readonly text: string
  readonly dim: string
  readonly grape: string
  readonly font: string
}

export function inksNow(): Inks {
  const grey = inkOf('strong-line')
  return {
    standing: {
      'in-step': inkOf('good'),
      behind: inkOf('busy'),
      'far-behind': inkOf('bad'),
      starting: grey,
      paused: grey,
      stopped: grey,
      silent: grey,
    },
    ripples: Array.from({ length: hues }, (_, at) => inkOf(`ripple-${at + 1}`)),
    link: inkOf('line'),
    rough: inkOf('busy'),
    ground: inkOf('raised'),
    text: inkOf('text'),
    dim: inkOf('dim'),
    grape: inkOf('grape'),
    font: getComputedStyle(document.body).fontFamily,
  }
}
