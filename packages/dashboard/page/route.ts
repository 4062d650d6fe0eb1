import { signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'

export const views = ['mesh', 'keys', 'releases', 'figures'] as const
export type View = (typeof views)[number]

/** `#/keys/shop/banner`: a view, and what is chosen in it; so back, forward and links work. */
export interface Route {
  readonly view: View
  readonly chosen: string | undefined
}

export const hashOf = (view: View, chosen?: string): `#/${string}` =>
  `#/${view}${chosen === undefined ? '' : `/${chosen.split('/').map(encodeURIComponent).join('/')}`}`

export function routeIn(hash: string): Route {
  const [, name, ...rest] = hash.split('/')
  const view = views.find((known) => known === name) ?? 'mesh'
  try {
    const chosen = rest.map((segment) => decodeURIComponent(segment)).join('/')
    return { view, chosen: chosen === '' ? undefined : chosen }
  } catch {
    return { view, chosen: undefined }
  }
}

export function openRoute(): ReadonlySignal<Route> {
  const route = signal(routeIn(location.hash))
  addEventListener('hashchange', () => (route.value = routeIn(location.hash)))
  return route
}

export function go(view: View, chosen?: string): void {
  location.hash = hashOf(view, chosen)
}
