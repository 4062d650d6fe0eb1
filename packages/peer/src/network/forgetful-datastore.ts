import { NotFoundError } from '@libp2p/interface'
import type { Libp2pOptions } from 'libp2p'

type Datastore = NonNullable<Libp2pOptions['datastore']>

/**
 * libp2p notes everybody who ever connected, stranger or not, and keeps that for hours. Whom this peer
 * knows stands in its book, and nowhere else.
 */
export const forgetfulDatastore = (): Datastore => ({
  put: (key) => key,
  get() {
    throw new NotFoundError()
  },
  has: () => false,
  delete() {},
  async *putMany() {},
  async *getMany() {},
  async *deleteMany() {},
  async *query() {},
  async *queryKeys() {},
  batch: () => ({ put() {}, delete() {}, async commit() {} }),
})
