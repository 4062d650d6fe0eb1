import { useEffect, useState } from 'preact/hooks'
import { useDesk } from './context.js'

export interface Asked<T> {
  /** The last one; it stays until there is another. */
  readonly answer: T | undefined
  /** Why there is no newer one. */
  readonly trouble: unknown
}

const nothingYet = { answer: undefined, trouble: undefined } as const

/** Asks whenever one of these is another, and again as soon as a line that was lost is back. */
export function useAsked<T>(ask: () => Promise<T>, when: readonly unknown[]): Asked<T> {
  const isOpen = useDesk().connection.value === 'open'
  const [asked, setAsked] = useState<Asked<T>>(nothingYet)
  useEffect(() => {
    if (!isOpen) return
    let isCurrent = true
    ask().then(
      (answer) => isCurrent && setAsked({ answer, trouble: undefined }),
      (trouble: unknown) => isCurrent && setAsked(({ answer }) => ({ answer, trouble })),
    )
    return () => void (isCurrent = false)
  }, [isOpen, ...when])
  return asked
}
