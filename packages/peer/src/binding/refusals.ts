import type { Key } from '@grapevine/core'
import type { Inside } from '../api/parts.js'

/** Which values the code of this process cannot take, as the mesh is told. */
export interface Refusals {
  /** All that one binding refuses now; what it refused before and does not any more is withdrawn. */
  tell(binding: object, refused: ReadonlyMap<Key, string>): void
}

/** Several bindings can refuse one key: it is refused until the last of them takes it. */
export function createRefusals({
  interpreter,
  events,
  view,
  moved,
}: Pick<Inside, 'interpreter' | 'events' | 'view' | 'moved'>): Refusals {
  const reasons = new Map<Key, Map<object, string>>()

  function put(key: Key, binding: object, reason: string | undefined): void {
    const told = reasons.get(key) ?? new Map<object, string>()
    if (reason === undefined) told.delete(binding)
    else told.set(binding, reason)
    if (told.size > 0) reasons.set(key, told)
    else reasons.delete(key)
    const [first] = told.values()
    // Said again even where nothing changed: a refusal names the release that readers see now.
    const { release } = view.entry(key) ?? {}
    interpreter.handle({ type: 'refuse', key, release, reason: first })
  }

  return {
    tell(binding, refused) {
      const withdrawn = [...reasons]
        .filter(([key, told]) => told.has(binding) && !refused.has(key))
        .map(([key]) => key)
      if (withdrawn.length + refused.size === 0) return
      for (const key of withdrawn) put(key, binding, undefined)
      for (const [key, reason] of refused) put(key, binding, reason)
      moved()
      view.afterwards(() => events.fire('presence', undefined))
    },
  }
}
