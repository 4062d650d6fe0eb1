import { useEffect, useState } from 'preact/hooks'
import { inkOf, watchTheme } from '../theme.js'

/** Colours of the page, as a canvas takes them. */
export interface Inks {
  /** Of the first line, the second one and so on. */
  readonly lines: readonly string[]
  readonly wash: string
  readonly text: string
  readonly grid: string
}

/** Those of the theme, and again when it is another one. */
export function useInks(): Inks {
  const [inks, setInks] = useState(inksNow)
  useEffect(() => watchTheme(() => setInks(inksNow())), [])
  return inks
}

const inksNow = (): Inks => ({
  lines: ['grape', 'busy', 'dim'].map(inkOf),
  wash: inkOf('grape-wash'),
  text: inkOf('dim'),
  grid: inkOf('line'),
})
