import type { Draft } from '@grapevine/peer'

/** A picture of one pixel. */
const logo = Uint8Array.from(
  Buffer.from('R0lGODlhAQABAIAAAFlAgP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64'),
)

/** What the shop is configured with, release by release, as people would have written it. */
export const sampleReleases: readonly Draft[] = [
  {
    message: 'the shop opens',
    set: {
      'shop/name': 'Leaf & Kettle',
      'shop/open': true,
      'shop/languages': ['en', 'de', 'fr'],
      'shop/support': { mail: 'help@example.com', hours: '9-17' },
      'shop/logo': logo,
      'shop/storefront/theme': 'light',
      'shop/storefront/items-per-page': 24,
      'shop/storefront/show-reviews': true,
      'shop/storefront/hero': { title: 'Tea, fresh from the garden', link: '/new' },
      'shop/catalog/page-size': 50,
      'shop/catalog/hide-sold-out': false,
      'shop/catalog/categories': ['green', 'black', 'oolong', 'herbal'],
      'shop/catalog/price-list': 'standard',
    },
  },
  {
    message: 'how people pay',
    set: {
      'shop/checkout/max-items': 10,
      'shop/checkout/currency': 'EUR',
      'shop/checkout/guests': true,
      'shop/checkout/methods': ['card', 'invoice'],
      'shop/checkout/free-shipping-from': 50,
      'shop/payments/provider': 'acme-pay',
      'shop/payments/limits': { daily: 5_000, single: 800 },
      'shop/payments/retries': 3,
      'shop/payments/timeout-ms': 4_000,
    },
  },
  {
    message: 'from the shelf to the door',
    set: {
      'shop/warehouse/pick-batch': 12,
      'shop/warehouse/low-stock': 5,
      'shop/warehouse/sites': ['north', 'south'],
      'shop/warehouse/count-every-days': 7,
      'shop/shipping/carriers': ['post', 'bike'],
      'shop/shipping/cut-off': '16:00',
      'shop/shipping/insured-above': 500,
      'shop/shipping/prices': { post: 4.9, bike: 7.5 },
    },
  },
  {
    message: 'found, and told about it',
    set: {
      'shop/search/fuzziness': 1,
      'shop/search/suggest': true,
      'shop/search/boost': { title: 3, text: 1 },
      'shop/search/synonyms': { tee: ['tea'], pot: ['kettle', 'teapot'] },
      'shop/mailer/from': 'shop@example.com',
      'shop/mailer/batch': 200,
      'shop/mailer/paused': false,
      'shop/mailer/order': { subject: 'Your order', greeting: 'Hello' },
    },
  },
  {
    message: 'autumn sale',
    set: {
      'shop/banner': 'Autumn sale: 20 % off all black tea',
      'shop/storefront/theme': 'autumn',
      'shop/checkout/methods': ['card', 'invoice', 'wallet'],
      'shop/catalog/price-list': 'autumn',
    },
  },
]

/** Sealed to those who are members by then. */
export const sampleSecret = {
  key: 'shop/payments-secrets/gateway-token',
  value: 'not-a-real-token',
  message: 'what the gateway asks for',
} as const
