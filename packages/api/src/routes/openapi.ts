import { openapiOf } from '../openapi.js'
import { answer } from '../route.js'
import type { Route } from '../route.js'

/** What describes these routes, itself included. */
export function openapiRoute(others: readonly Route[]): Route {
  let document: unknown
  const route: Route = {
    method: 'GET',
    path: '/openapi.json',
    name: 'describe',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1.', type: 'application/json' } },
    handle: () => answer((document ??= openapiOf([...others, route]))),
  }
  return route
}
