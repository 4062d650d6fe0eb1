import type { Binding, Peer } from '@grapevine/peer'
import * as v from 'valibot'
import type { ServiceName } from '../names.js'

const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
const amount = v.pipe(v.number(), v.minValue(0))
const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200))

interface Bound {
  readonly schema: v.GenericSchema
  readonly default: unknown
}

/** What each service reads, and what it starts with where nobody says otherwise. */
const bound: Readonly<Record<ServiceName, Bound>> = {
  storefront: {
    schema: v.object({
      theme: v.picklist(['light', 'dark', 'autumn']),
      'items-per-page': whole(1, 200),
      'show-reviews': v.boolean(),
      hero: v.object({ title: text, link: text }),
    }),
    default: {
      theme: 'light',
      'items-per-page': 24,
      'show-reviews': true,
      hero: { title: 'Welcome', link: '/' },
    },
  },
  checkout: {
    schema: v.object({
      'max-items': whole(1, 100),
      currency: v.picklist(['EUR', 'USD', 'GBP', 'CHF']),
      guests: v.boolean(),
      methods: v.pipe(v.array(text), v.nonEmpty()),
      'free-shipping-from': amount,
    }),
    default: {
      'max-items': 10,
      currency: 'EUR',
      guests: true,
      methods: ['card'],
      'free-shipping-from': 50,
    },
  },
  payments: {
    schema: v.object({
      provider: v.picklist(['acme-pay', 'paymill']),
      limits: v.object({ daily: whole(1, 10_000), single: whole(1, 5_000) }),
      retries: whole(0, 10),
      'timeout-ms': whole(100, 60_000),
    }),
    default: {
      provider: 'acme-pay',
      limits: { daily: 500, single: 100 },
      retries: 3,
      'timeout-ms': 4_000,
    },
  },
  catalog: {
    schema: v.object({
      'page-size': whole(10, 500),
      'hide-sold-out': v.boolean(),
      categories: v.array(text),
      'price-list': text,
    }),
    default: { 'page-size': 50, 'hide-sold-out': false, categories: [], 'price-list': 'standard' },
  },
  search: {
    schema: v.object({
      fuzziness: whole(0, 2),
      suggest: v.boolean(),
      boost: v.record(v.string(), amount),
      synonyms: v.record(v.string(), v.array(text)),
    }),
    default: { fuzziness: 1, suggest: true, boost: {}, synonyms: {} },
  },
  warehouse: {
    schema: v.object({
      'pick-batch': whole(1, 50),
      'low-stock': whole(0, 1_000),
      sites: v.pipe(v.array(text), v.nonEmpty()),
      'count-every-days': whole(1, 365),
    }),
    default: { 'pick-batch': 10, 'low-stock': 5, sites: ['north'], 'count-every-days': 7 },
  },
  shipping: {
    schema: v.object({
      carriers: v.pipe(v.array(text), v.nonEmpty()),
      'cut-off': v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time as 16:00')),
      'insured-above': amount,
      prices: v.record(v.string(), amount),
    }),
    default: { carriers: ['post'], 'cut-off': '16:00', 'insured-above': 500, prices: {} },
  },
  mailer: {
    schema: v.object({
      from: v.pipe(v.string(), v.email()),
      batch: whole(1, 1_000),
      paused: v.boolean(),
      order: v.object({ subject: text, greeting: text }),
    }),
    default: {
      from: 'shop@example.com',
      batch: 100,
      paused: false,
      order: { subject: 'Your order', greeting: 'Hello' },
    },
  },
}

/** Follows the part of the shop's configuration that a service lives by, as such a service would. */
export function bindService(peer: Peer, service: ServiceName): Binding<unknown> {
  const { schema, default: initial } = bound[service]
  return peer.bind(`shop/${service}`, schema, { default: initial })
}
