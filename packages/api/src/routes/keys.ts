import { checkKey } from '@grapevine/core'
import type { Entry, Peer, Published } from '@grapevine/peer'
import { bytesType, isSet, spanMs, valueBodyBytesMax } from '../asking.js'
import type { Covers } from '../journal.js'
import { toJson, valueFrom } from '../json.js'
import { etagOf, hasAlready, matchOf } from '../matching.js'
import { refused } from '../problem.js'
import { answer } from '../route.js'
import type { Asked, Parameter, Route } from '../route.js'
import { entries, entry } from '../schemas/keys.js'
import { value, written } from '../schemas/shared.js'
import { untilMoved } from '../waiting.js'

const indexHeader = 'grapevine-index'
const waitMs = { default: 5 * 60_000, max: 10 * 60_000 }

const blocking = {
  index: { is: 'index', says: 'Answer only once something moved since; no promise that it did.' },
  wait: { is: 'span', says: 'How long at most, such as 30s; 5m by default, and 10m at most.' },
} as const satisfies Readonly<Record<string, Parameter>>

const writing = {
  message: { is: 'text', says: 'Why, for history.' },
  requestId: { is: 'text', says: 'Asked for again with the same id, it is written once.' },
  force: { is: 'flag', says: 'Write an equal value again.' },
} as const satisfies Readonly<Record<string, Parameter>>

const conditions = {
  'If-Match': 'The version that the key must be at, in double quotes.',
  'If-None-Match': '*: the key must have no value.',
}
const etag = { ETag: 'The version, in double quotes.' }

export const keyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/keys',
    name: 'listEntries',
    summary: 'Keys that begin with a prefix, ascending',
    query: { prefix: { is: 'text', says: 'All of them where it is left out.' }, ...blocking },
    answers: { 200: { description: 'The entries, and where they stand.', schema: entries } },
    async handle(asked) {
      const prefix = asked.query.get('prefix') ?? ''
      await block(asked, (key) => key.startsWith(prefix))
      const { peer, journal } = asked
      return answer({ entries: peer.entries(prefix), index: journal.index() })
    },
  },
  {
    method: 'GET',
    path: '/v1/keys/{key}',
    name: 'getEntry',
    summary: 'One key, as the disk of this peer holds it',
    query: { ...blocking, raw: { is: 'flag', says: 'The bare value: text, bytes, or JSON.' } },
    headers: { 'If-None-Match': 'Versions that are known: 304 where it still is one of them.' },
    answers: {
      200: {
        description: 'The entry; with `raw` its value.',
        schema: entry,
        headers: { ...etag, 'Grapevine-Index': 'For `index`.' },
      },
      304: { description: 'It is at a version that is known.' },
    },
    async handle(asked) {
      const key = checkKey(asked.named)
      await block(asked, (moved) => moved === key)
      const { peer, journal, request, query } = asked
      const headers = { [indexHeader]: journal.index() }
      const found = peer.entry(key)
      if (found === undefined) throw refused(404, 'NOT_FOUND', `${key} has no value`, headers)
      const known = { ...headers, etag: etagOf(found.version) }
      if (hasAlready(request.headers, found.version)) {
        return new Response(null, { status: 304, headers: known })
      }
      return isSet(query, 'raw') ? raw(found, known) : answer(found, { headers: known })
    },
  },
  {
    method: 'PUT',
    path: '/v1/keys/{key}',
    name: 'putValue',
    summary: 'Writes one key; answers once it is durable here',
    query: writing,
    headers: conditions,
    body: {
      says: `The value as JSON, or bytes as ${bytesType}.`,
      schema: value,
      bytesMax: valueBodyBytesMax,
      takesBytes: true,
    },
    answers: { 200: { description: 'The release.', schema: written, headers: etag } },
    async handle(asked) {
      const key = checkKey(asked.named)
      const content = asked.body instanceof Uint8Array ? asked.body : valueFrom(asked.body)
      return told(asked, key, await asked.peer.set(key, content, optionsOf(asked, key)))
    },
  },
  {
    method: 'DELETE',
    path: '/v1/keys/{key}',
    name: 'removeValue',
    summary: 'Removes one key; answers once that is durable here',
    query: writing,
    headers: conditions,
    answers: { 200: { description: 'The release.', schema: written } },
    async handle(asked) {
      const key = checkKey(asked.named)
      return told(asked, key, await asked.peer.remove(key, optionsOf(asked, key)))
    },
  },
]

async function block({ journal, query, signal, closing }: Asked, covers: Covers): Promise<void> {
  const index = query.get('index')
  if (index === undefined) return
  const wait = query.get('wait')
  const asked = wait === undefined ? waitMs.default : spanMs('wait', wait)
  const patience = { waitMs: Math.min(asked, waitMs.max), signal, closing }
  await untilMoved(journal, index, covers, patience)
}

function raw({ value: content }: Entry, headers: Readonly<Record<string, string>>): Response {
  const [body, type] =
    typeof content === 'string'
      ? [content, 'text/plain; charset=utf-8']
      : content instanceof Uint8Array
        ? [content.slice(), bytesType]
        : [toJson(content), 'application/json']
  return new Response(body, { headers: { ...headers, 'content-type': type } })
}

type SetOptions = NonNullable<Parameters<Peer['set']>[2]>

const optionsOf = ({ request, query, peer }: Asked, key: string): SetOptions => ({
  message: query.get('message'),
  requestId: query.get('requestId'),
  force: isSet(query, 'force'),
  ifMatch: matchOf(request.headers, peer.entry(key)?.version),
})

/** The version of what was written, where that is what the key shows. */
function told({ peer }: Asked, key: string, release: Published): Response {
  const shown = peer.entry(key)
  const isShown = shown?.release.id === release.id
  return answer(release, { headers: isShown ? { etag: etagOf(shown.version) } : {} })
}
