import { MeshError } from '@grapevine/core'
import { shown } from './shown.js'

/** Who wants to hear of what. A listener that fails, at once or later, harms nobody else. */
export interface Listeners<Events> {
  /** Answers the way to stop; a signal that aborts stops it too. */
  on<Name extends keyof Events & string>(
    this: void,
    event: Name,
    listener: (detail: Events[Name]) => unknown,
    options?: { readonly signal?: AbortSignal | undefined },
  ): () => void
  /** Calls all who listened before; what a listener fires in turn is heard after that. */
  fire<Name extends keyof Events & string>(event: Name, detail: Events[Name]): void
  /** Nobody hears anything any more, and nothing is left on anybody's signal. */
  clear(): void
}

interface Registration {
  readonly listener: (detail: never) => unknown
  readonly stop: () => void
}

export function createListeners<Events>(
  names: readonly (keyof Events & string)[],
  failed: (error: unknown, event: keyof Events & string) => void,
): Listeners<Events> {
  // Each registration is an object of its own: one function may listen twice, and stop once.
  const registered = new Map<string, Set<Registration>>()
  for (const name of names) registered.set(name, new Set())
  const fired: (() => void)[] = []
  let isFiring = false

  return {
    on(event, listener, { signal } = {}) {
      const listening = registered.get(event)
      if (listening === undefined) throw noEvent(event, names)
      checkCallback('listener', listener)
      checkSignal(signal)
      if (signal?.aborted === true) return () => {}
      const stop = (): void => {
        listening.delete(registration)
        signal?.removeEventListener('abort', stop)
      }
      const registration = { listener, stop }
      listening.add(registration)
      signal?.addEventListener('abort', stop, { once: true })
      return stop
    },
    fire(event, detail) {
      fired.push(() => {
        const listening = registered.get(event)!
        for (const registration of Array.from(listening)) {
          if (!listening.has(registration)) continue
          callSafely(registration.listener, [detail as never], (error) => failed(error, event))
        }
      })
      if (isFiring) return
      isFiring = true
      for (let next = fired.shift(); next !== undefined; next = fired.shift()) next()
      isFiring = false
    },
    clear() {
      for (const listening of registered.values()) for (const { stop } of listening) stop()
    },
  }
}

/** Calls code that is not ours: what it throws, or rejects with later, goes to `failed`. */
export function callSafely<Arguments extends readonly unknown[]>(
  callback: (...given: Arguments) => unknown,
  given: Arguments,
  failed: (error: unknown) => void,
): void {
  try {
    const answer = callback(...given)
    if (typeof answer === 'object' && answer !== null) Promise.resolve(answer).catch(failed)
  } catch (error) {
    failed(error)
  }
}

export function checkCallback(what: string, given: unknown): void {
  if (typeof given === 'function') return
  throw new MeshError('OPTION_INVALID', `${what} ${shown(given)} cannot be called: pass a function`)
}

export function checkSignal(given: unknown): void {
  if (given === undefined || isSignal(given)) return
  throw new MeshError(
    'OPTION_INVALID',
    `signal ${shown(given)} cannot be listened to: pass the signal of an AbortController`,
  )
}

/** By what is asked of it: it may come from another realm. */
const isSignal = (given: unknown): boolean =>
  typeof given === 'object' &&
  given !== null &&
  'throwIfAborted' in given &&
  typeof given.throwIfAborted === 'function' &&
  'addEventListener' in given &&
  typeof given.addEventListener === 'function'

const noEvent = (event: string, names: readonly string[]): MeshError =>
  new MeshError(
    'OPTION_INVALID',
    `there is no event ${shown(event)}: listen to one of ${names.join(', ')}`,
  )
