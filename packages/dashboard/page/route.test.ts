import { describe, expect, it } from 'vitest'
import { hashOf, routeIn } from './route.js'

describe('a route', () => {
  it.each(['shop/banner', 'a b/ü#?%', '<img src=x onerror=alert(1)>', '..', '7f3a·412'])(
    'leads back to what was chosen: %s',
    (chosen) => {
      expect(routeIn(hashOf('keys', chosen))).toEqual({ view: 'keys', chosen })
    },
  )

  it('without a choice is the view alone', () => {
    expect(hashOf('releases')).toBe('#/releases')
    for (const hash of ['#/releases', '#/releases/']) {
      expect(routeIn(hash)).toEqual({ view: 'releases', chosen: undefined })
    }
  })

  it('that leads nowhere leads to the mesh', () => {
    for (const hash of ['', '#', '#/', '#/nothing', 'x']) expect(routeIn(hash).view).toBe('mesh')
    expect(routeIn('#/keys/%E0%A4%A')).toEqual({ view: 'keys', chosen: undefined })
  })
})
