import { MeshError } from '@grapevine/core'
import { draftOf, signedOf } from '../drafts.js'
import type { Publishing } from '../drafts.js'
import { eventStream } from '../event-stream.js'
import { reachSource } from '../reach-source.js'
import { refused } from '../problem.js'
import { answer } from '../route.js'
import type { Route } from '../route.js'
import {
  differences,
  draft,
  publishing,
  reachEvent,
  receipts,
  refused as refusedKeys,
  release,
  releaseRows,
  rollback,
  rollbackPlan,
  rolledBack,
} from '../schemas/releases.js'
import { written } from '../schemas/shared.js'

const releaseBodyBytesMax = 8 * 1024 * 1024
const namedRelease = 'A release is named <replica>·<seq>; the replica may be shortened.'

/** Each asks for the receipts of all members. */
const listedMax = 200

/** How many a reader wants to see at once. */
function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const limit = Number(text)
  if (/^\d{1,3}$/.test(text) && limit >= 1 && limit <= listedMax) return limit
  throw new MeshError(
    'OPTION_INVALID',
    `limit ${JSON.stringify(text.slice(0, 100))} cannot be used: write 1 to ${listedMax}`,
    { option: 'limit' },
  )
}

export const releaseRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/releases',
    name: 'listReleases',
    summary: 'Releases whose record is held here, and how far each has come',
    query: {
      limit: { is: 'text', says: `How many, up to ${listedMax}; 50 where it is left out.` },
      before: { is: 'text', says: 'Only those that are older than this release.' },
    },
    answers: { 200: { description: 'Newest first.', schema: releaseRows } },
    handle({ peer, live, query }) {
      const limit = limitOf(query.get('limit'))
      const releases = peer.releases({ limit, before: query.get('before') })
      return answer({ releases: releases.map(live.rowOf) })
    },
  },
  {
    method: 'POST',
    path: '/v1/releases',
    name: 'publish',
    summary: 'One atomic release of many keys; answers once it is durable here',
    body: {
      says: 'A draft, or an intent that somebody signed with a key of its own.',
      schema: publishing,
      bytesMax: releaseBodyBytesMax,
    },
    answers: {
      201: {
        description: 'The release; with `isNew` false it was there already.',
        schema: written,
        headers: { Location: 'Its address.' },
      },
    },
    async handle({ peer, body }) {
      const given = body as Publishing
      const signed = signedOf(given)
      const published = await (signed === undefined
        ? peer.publish(draftOf(given))
        : peer.publishSigned(signed))
      const location = `/v1/releases/${encodeURIComponent(published.name)}`
      return answer(published, { status: 201, headers: { location } })
    },
  },
  {
    method: 'POST',
    path: '/v1/diff',
    name: 'diff',
    summary: 'What readers would see differently after publishing a draft',
    body: { says: 'A draft.', schema: draft, bytesMax: releaseBodyBytesMax },
    answers: { 200: { description: 'Ascending by keys.', schema: differences } },
    handle: ({ peer, body }) => answer({ differences: peer.diff(draftOf(body as Publishing)) }),
  },
  {
    method: 'POST',
    path: '/v1/check',
    name: 'check',
    summary: 'What the schemas bound in this process would refuse of a draft',
    body: { says: 'A draft.', schema: draft, bytesMax: releaseBodyBytesMax },
    answers: {
      200: {
        description: 'By keys, with the reason that receipts would give.',
        schema: refusedKeys,
      },
    },
    handle: ({ peer, body }) => answer({ refused: peer.check(draftOf(body as Publishing)) }),
  },
  {
    method: 'GET',
    path: '/v1/releases/{name}',
    name: 'getRelease',
    summary: 'A release, and what is known of its changes',
    answers: { 200: { description: namedRelease, schema: release } },
    handle({ peer, named }) {
      const found = peer.release(named)
      if (found === undefined) throw refused(404, 'NOT_FOUND', `release ${named} is not held here`)
      return answer(found)
    },
  },
  {
    method: 'GET',
    path: '/v1/releases/{name}/receipts',
    name: 'getReceipts',
    summary: 'Who has a release, who refused it, who is silent',
    answers: { 200: { description: 'One for each member.', schema: receipts } },
    handle: ({ peer, named }) => answer({ receipts: peer.receipts(named) }),
  },
  {
    method: 'GET',
    path: '/v1/releases/{name}/reach',
    name: 'followReach',
    summary: 'The receipts of a release, until enough members have it',
    query: {
      peers: { is: 'text', says: 'How many members, or `all` (the default).' },
      timeout: { is: 'span', says: 'How long at most, such as 30s.' },
    },
    answers: {
      200: {
        description: 'Events `progress`, and at the end `reached` or `not-reached`.',
        type: 'text/event-stream',
        schema: reachEvent,
      },
    },
    handle(asked) {
      const { signal, closing, heartbeatMs } = asked
      return eventStream(reachSource(asked), { heartbeatMs, signal, closing })
    },
  },
  {
    method: 'POST',
    path: '/v1/releases/{name}/rollback',
    name: 'rollback',
    summary: 'Undoes a release: its keys return to what its writer had seen',
    body: { says: 'Why.', schema: rollback, bytesMax: 64 * 1024, isOptional: true },
    answers: {
      200: { description: 'What returned, and what was left alone.', schema: rolledBack },
    },
    handle: async ({ peer, named, body }) => answer(await peer.rollback(named, body ?? {})),
  },
  {
    method: 'GET',
    path: '/v1/releases/{name}/undo',
    name: 'planRollback',
    summary: 'What a rollback would do now',
    answers: { 200: { description: 'As a draft.', schema: rollbackPlan } },
    handle: ({ peer, named }) => answer(peer.planRollback(named)),
  },
]
