import type { Observer } from '../observer.js'

export type Tell = <What extends keyof Observer>(
  what: What,
  ...told: Parameters<NonNullable<Observer[What]>>
) => void

/** Tells all who listen; what nobody listens to costs nothing. */
export function createTell(observers: readonly Observer[]): Tell {
  const listeners = new Map<string, ((...told: unknown[]) => void)[]>()
  return (what, ...told) => {
    let hearing = listeners.get(what)
    if (hearing === undefined) {
      hearing = observers.flatMap((observer) => {
        const listen = observer[what] as ((...args: unknown[]) => void) | undefined
        return listen === undefined ? [] : [listen.bind(observer)]
      })
      listeners.set(what, hearing)
    }
    for (const listen of hearing) listen(...told)
  }
}
