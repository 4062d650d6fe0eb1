import { useEffect } from 'preact/hooks'
import { go, routeIn, views } from './route.js'

/** 1 to 4: the views; `/`: what searches in one; Escape: back to its list; `?`: what else there is. */
export function useShortcuts(onHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      // A question that is open is answered first.
      if (document.querySelector('dialog[open]') !== null) return
      const { view, chosen } = routeIn(location.hash)
      const other = views[Number(event.key) - 1]
      if (other !== undefined) go(other)
      else if (event.key === '?') onHelp()
      else if (event.key === '/' && focusSearch()) event.preventDefault()
      else if (event.key === 'Escape' && chosen !== undefined) go(view)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [onHelp])
}

/** Whether the view has something that searches. */
export function focusSearch(): boolean {
  const search = document.querySelector<HTMLElement>('[data-search]')
  search?.focus()
  return search !== null
}

/** Whether a key that is pressed there means a letter. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.matches('textarea, select, input:not([type=checkbox]), [contenteditable]')
