import { checkKey } from '@grapevine/core'
import type { Entry, Status } from '@grapevine/peer'
import { answerTo, inPath, unlessMissing } from './ask.js'
import type { Ask, Fetch, Question } from './ask.js'
import type { PeerClient } from './client.js'
import { draftBody } from './draft-body.js'
import { liveOver, reachOver, watchOver } from './follow.js'
import { writesOver } from './writes.js'
import type { SignDraft } from './writes.js'

export interface ClientOptions {
  readonly fetch: Fetch
  /** Watches go on when the peer is there again; where it is in this process, it will not be. */
  readonly resumes?: boolean | undefined
  /** Without it nobody can write with a key of its own. */
  readonly sign?: SignDraft | undefined
}

/** A peer behind its API, wherever that is. */
export function createClient({ fetch, resumes = false, sign }: ClientOptions): PeerClient {
  const ending = new AbortController()
  const following = { fetch, resumes, closing: ending.signal }
  const ask = async <T>(question: Question): Promise<T> => answerTo<T>(fetch, question)

  return {
    ...readsOver(ask),
    ...writesOver(ask, sign),
    ...mattersOver(ask),
    watch: (prefix = '', options = {}) => watchOver(following, prefix, options),
    reach: (release, options = {}) => reachOver(following, release, options),
    live: (options = {}) => liveOver(following, options),
    [Symbol.asyncDispose]: async () => ending.abort(),
  }
}

type Reads = Pick<
  PeerClient,
  | 'entry'
  | 'entries'
  | 'diff'
  | 'check'
  | 'planRollback'
  | 'history'
  | 'release'
  | 'releases'
  | 'why'
  | 'conflicts'
  | 'receipts'
  | 'secret'
  | 'secrets'
  | 'exposedTo'
>

const readsOver = (ask: Ask): Reads => ({
  entry: async (key, { index, wait, signal } = {}) =>
    unlessMissing(ask<Entry>({ path: `/v1/keys/${inKey(key)}`, query: { index, wait }, signal })),
  entries: async (prefix = '', { index, wait, signal } = {}) =>
    ask({ path: '/v1/keys', query: { prefix, index, wait }, signal }),
  diff: async (draft) => {
    const question: Question = { method: 'POST', path: '/v1/diff', body: draftBody(draft) }
    return (await ask<{ differences: Awaited<ReturnType<Reads['diff']>> }>(question)).differences
  },
  check: async (draft) => {
    const question: Question = { method: 'POST', path: '/v1/check', body: draftBody(draft) }
    return (await ask<{ refused: Awaited<ReturnType<Reads['check']>> }>(question)).refused
  },
  planRollback: async (release) => ask({ path: `/v1/releases/${inPath(release)}/undo` }),
  history: async (key) => {
    const path = `/v1/history/${inKey(key)}`
    return (await ask<{ versions: Awaited<ReturnType<Reads['history']>> }>({ path })).versions
  },
  release: async (name) => unlessMissing(ask({ path: `/v1/releases/${inPath(name)}` })),
  releases: async ({ limit, before, signal } = {}) => {
    const question: Question = { path: '/v1/releases', query: { limit, before }, signal }
    return (await ask<{ releases: Awaited<ReturnType<Reads['releases']>> }>(question)).releases
  },
  why: async (key) => ask({ path: `/v1/why/${inKey(key)}` }),
  conflicts: async (prefix = '') =>
    (await ask<{ entries: readonly Entry[] }>({ path: '/v1/conflicts', query: { prefix } }))
      .entries,
  receipts: async (release) => {
    const path = `/v1/releases/${inPath(release)}/receipts`
    return (await ask<{ receipts: Awaited<ReturnType<Reads['receipts']>> }>({ path })).receipts
  },
  secret: async (key) => {
    const path = `/v1/secrets/${inKey(key)}`
    return (await ask<{ secret: string | Uint8Array }>({ path })).secret
  },
  secrets: async (prefix = '') => {
    const question: Question = { path: '/v1/secrets', query: { prefix } }
    return (await ask<{ secrets: Awaited<ReturnType<Reads['secrets']>> }>(question)).secrets
  },
  exposedTo: async (who) => {
    const path = `/v1/exposed/${inPath(who)}`
    return (await ask<{ exposed: Awaited<ReturnType<Reads['exposedTo']>> }>({ path })).exposed
  },
})

/** In one piece: a segment such as `..` would be gone before it is sent, so it is refused here. */
const inKey = (key: string): string => inPath(checkKey(key))

type Matters = Pick<
  PeerClient,
  | 'invite'
  | 'grant'
  | 'revoke'
  | 'rotateNetworkKey'
  | 'peers'
  | 'status'
  | 'notices'
  | 'ready'
  | 'sync'
  | 'backup'
>

/** The mesh, and the peer itself. */
const mattersOver = (ask: Ask): Matters => ({
  invite: async (options = {}) => ask({ method: 'POST', path: '/v1/invites', body: options }),
  grant: async (who, options) =>
    ask({ method: 'POST', path: '/v1/grants', body: { ...options, who } }),
  revoke: async (who, options = {}) =>
    ask({ method: 'POST', path: '/v1/revocations', body: { ...options, who } }),
  rotateNetworkKey: async (options = {}) =>
    ask({ method: 'POST', path: '/v1/network-keys', body: options }),
  peers: async () =>
    (await ask<{ peers: Awaited<ReturnType<Matters['peers']>> }>({ path: '/v1/peers' })).peers,
  status: async () => ask<Status>({ path: '/v1/status' }),
  notices: async () =>
    (await ask<{ notices: Awaited<ReturnType<Matters['notices']>> }>({ path: '/v1/notices' }))
      .notices,
  ready: async ({ timeout, signal } = {}) =>
    ask({ method: 'POST', path: '/v1/ready', body: { timeout }, signal }),
  sync: async ({ timeout, signal } = {}) =>
    ask({ method: 'POST', path: '/v1/sync', body: { timeout }, signal }),
  backup: async (file) => ask({ method: 'POST', path: '/v1/backup', body: { file } }),
})
