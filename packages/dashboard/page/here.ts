import type { ClientOptions } from '@grapevine/api/page'
import { rememberedToken } from './remembered.js'

/**
 * Asks whoever served this page, and nobody else: the API's own code names no host. `base`: what stands
 * before the path there.
 */
export const fetchHere =
  (base = ''): ClientOptions['fetch'] =>
  async (request) => {
    const { method, signal } = request
    const { pathname, search } = new URL(request.url)
    const headers = new Headers(request.headers)
    const token = rememberedToken()
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    // Whole: not every browser can send a stream, or says that there is one.
    const body = method === 'GET' ? null : await request.arrayBuffer()
    return fetch(`${base}${pathname.slice(1)}${search}`, { method, headers, body, signal })
  }
