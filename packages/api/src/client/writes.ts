import { MeshError, checkKey } from '@grapevine/core'
import type { Key } from '@grapevine/core'
import type {
  Draft,
  Entry,
  RollbackPlan,
  SignedDraft,
  Signer,
  Status,
  Value,
} from '@grapevine/peer'
import { draftBody, ownValue } from './draft-body.js'
import { inPath, unlessMissing } from './ask.js'
import type { Ask } from './ask.js'
import type { ActingAs, PeerClient, Written } from './client.js'

type Writes = Pick<PeerClient, 'publish' | 'rollback' | 'resolve' | 'setSecret'>

/** Signs what the peer, which stands so, shall write in somebody's name. */
export type SignDraft = (as: Signer, draft: Draft, standing: Status) => Promise<SignedDraft>

/** The way to the peer, and who signs on this side of it; undefined: nobody does. */
interface Ways {
  readonly ask: Ask
  readonly sign: SignDraft | undefined
}

/** What is written by somebody with a key of its own is signed here, and travels signed. */
export const writesOver = (ask: Ask, sign: SignDraft | undefined): Writes => ({
  publish: async (draft, options = {}) => publish({ ask, sign }, draft, options),
  async rollback(release, { as, signal, ...options } = {}) {
    if (as !== undefined) return rollbackAs({ ask, sign }, release, { ...options, as, signal })
    const path = `/v1/releases/${inPath(release)}/rollback`
    return ask({ method: 'POST', path, body: options, signal })
  },
  async resolve(key, take, { as, signal, message, ifMatch } = {}) {
    if (as !== undefined)
      return resolveAs({ ask, sign }, key, take, { as, signal, message, ifMatch })
    const path = `/v1/conflicts/${inPath(checkKey(key))}`
    const body = { ...takenBody(key, take), message, ifMatch }
    return ask({ method: 'POST', path, body, signal })
  },
  async setSecret(key, secret, { as, signal, to, force, ifMatch, message, requestId }) {
    const path = `/v1/secrets/${inPath(checkKey(key))}`
    if (as === undefined) {
      const body = { secret, to, force, ifMatch, message, requestId }
      return ask({ method: 'PUT', path, body, signal })
    }
    const body = { secret, to, force }
    const { value } = await ask<{ readonly value: Value }>({ method: 'POST', path, body, signal })
    const match = ifMatch === undefined ? undefined : new Map([[key, ifMatch]])
    const draft = { set: new Map([[key, value]]), ifMatch: match, force, message, requestId }
    return publish({ ask, sign }, draft, { as, signal })
  },
})

const takenBody = (key: string, take: Parameters<Writes['resolve']>[1]): object =>
  'value' in take ? { value: ownValue(key, take.value) } : take

async function publish(ways: Ways, draft: Draft, { as, signal }: ActingAs): Promise<Written> {
  const body = as === undefined ? draftBody(draft) : await signedBy(ways, as, draft, signal)
  return ways.ask<Written>({ method: 'POST', path: '/v1/releases', body, signal })
}

async function signedBy(
  { ask, sign }: Ways,
  as: Signer,
  draft: Draft,
  signal: AbortSignal | undefined,
): Promise<SignedDraft> {
  if (sign === undefined) {
    throw new MeshError('SIGNER_UNUSABLE', 'nothing is signed here: write by the right of the peer')
  }
  return sign(as, draft, await ask<Status>({ path: '/v1/status', signal }))
}

type As<O> = Omit<O, 'as'> & { readonly as: Signer }

/** The plan holds for the versions that it was made for: nothing is undone that came since. */
async function rollbackAs(
  ways: Ways,
  release: string,
  { message, requestId, ...acting }: As<NonNullable<Parameters<Writes['rollback']>[1]>>,
): ReturnType<Writes['rollback']> {
  const path = `/v1/releases/${inPath(release)}/undo`
  const { draft, ...left } = await ways.ask<RollbackPlan>({ path, signal: acting.signal })
  const returned = [...Object.keys(draft.set ?? {}), ...(draft.remove ?? [])].sort() as Key[]
  if (returned.length === 0) return { published: undefined, returned, ...left }
  const why = { message: message ?? draft.message, requestId }
  return { published: await publish(ways, { ...draft, ...why }, acting), returned, ...left }
}

async function resolveAs(
  ways: Ways,
  key: string,
  take: Parameters<Writes['resolve']>[1],
  { message, ifMatch, ...acting }: As<NonNullable<Parameters<Writes['resolve']>[2]>>,
): Promise<Written> {
  const path = `/v1/keys/${inPath(checkKey(key))}`
  const entry = await unlessMissing<Entry>(ways.ask({ path, signal: acting.signal }))
  const value = 'value' in take ? take.value : valueBy(entry, key, take.release)
  const draft: Draft = {
    set: new Map([[key, value]]),
    ifMatch: new Map([[key, ifMatch ?? entry?.version ?? null]]),
    message,
  }
  return publish(ways, draft, acting)
}

/** The value of a conflict that a release wrote; its name may be shortened, as everywhere. */
function valueBy(entry: Entry | undefined, key: string, release: string): Entry['value'] {
  const values = entry === undefined ? [] : [entry, ...entry.others]
  const [replica = '', seq] = release.split(/[·.]/)
  const meant = values.filter(
    ({ release: by }) => by.replica.startsWith(replica) && String(by.seq) === seq,
  )
  const [taken, another] = meant
  if (taken !== undefined && another === undefined) return taken.value
  const names = values.map((one) => one.release.name)
  throw new MeshError(
    'RELEASE_UNKNOWN',
    `${key} has no value by release ${release}: ${names.length === 0 ? 'it has none' : `take ${names.join(' or ')}`}`,
    { key, releases: names },
  )
}
