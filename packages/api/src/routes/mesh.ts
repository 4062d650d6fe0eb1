import { lstat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { MeshError } from '@grapevine/core'
import type { GrantOptions, InviteOptions, RevokeOptions, RotateOptions } from '@grapevine/peer'
import type { GenericSchema } from 'valibot'
import { answer, done } from '../route.js'
import type { Asked, Body, Route } from '../route.js'
import * as mesh from '../schemas/mesh.js'
import { underAll } from '../waiting.js'

/** Whoever grants, revokes or waits says little. */
const small = (says: string, schema: GenericSchema, isOptional = false): Body => ({
  says,
  schema,
  bytesMax: 64 * 1024,
  isOptional,
})

/** Checked by the schema of its route. */
const said = <T>({ body }: Asked): T => (body ?? {}) as T

/** By this peer's own rights. */
const rights: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/invites',
    name: 'invite',
    summary: 'Makes a token that lets somebody in',
    body: small('All of it may be left out.', mesh.inviting, true),
    answers: { 201: { description: 'Hand the token over like a key.', schema: mesh.invite } },
    handle: async (asked) =>
      answer(await asked.peer.invite(said<InviteOptions>(asked)), { status: 201 }),
  },
  {
    method: 'POST',
    path: '/v1/grants',
    name: 'grant',
    summary: 'Gives a new badge to somebody who has one',
    body: small('Whom, what, and for how long.', mesh.granting),
    answers: { 201: { description: 'The badge.', schema: mesh.granted } },
    async handle(asked) {
      const { who, ...options } = said<GrantOptions & { readonly who: string }>(asked)
      return answer(await asked.peer.grant(who, options), { status: 201 })
    },
  },
  {
    method: 'POST',
    path: '/v1/revocations',
    name: 'revoke',
    summary: 'From now on nobody takes anything from a peer, a person or an invite',
    body: small('Its name, its key, or the first 8 digits of it.', mesh.revoking),
    answers: { 201: { description: 'What came of it.', schema: mesh.revoked } },
    async handle(asked) {
      const { who, ...options } = said<RevokeOptions & { readonly who: string }>(asked)
      return answer(await asked.peer.revoke(who, options), { status: 201 })
    },
  },
  {
    method: 'POST',
    path: '/v1/network-keys',
    name: 'rotateNetworkKey',
    summary: 'Changes what opens the first door, without dropping anybody',
    body: small('How long the old key opens, too.', mesh.rotating, true),
    answers: {
      201: { description: 'Tokens made before are of no use then.', schema: mesh.rotated },
    },
    handle: async (asked) =>
      answer(await asked.peer.rotateNetworkKey(said<RotateOptions>(asked)), { status: 201 }),
  },
]

const standing: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/peers',
    name: 'listPeers',
    summary: 'Who is a member, and what is known of it here',
    answers: { 200: { description: 'By their names.', schema: mesh.members } },
    handle: ({ peer }) => answer({ peers: peer.peers() }),
  },
  {
    method: 'GET',
    path: '/v1/status',
    name: 'getStatus',
    summary: 'Where this peer stands',
    answers: { 200: { description: 'As of now.', schema: mesh.status } },
    handle: ({ peer }) => answer(peer.status()),
  },
  {
    method: 'GET',
    path: '/v1/notices',
    name: 'listNotices',
    summary: 'What the operator should have heard',
    answers: { 200: { description: 'The newest last.', schema: mesh.notices } },
    handle: ({ notices }) => answer({ notices: notices() }),
  },
]

const waits: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/ready',
    name: 'ready',
    summary: 'Answers once this peer held what another held, or there is none to wait for',
    body: small('How long at most.', mesh.waiting, true),
    answers: { 204: { description: 'It is.' } },
    async handle(asked) {
      const { peer, signal, closing } = asked
      await underAll([signal, closing], async (end) =>
        peer.ready({ ...said<object>(asked), signal: end }),
      )
      return done()
    },
  },
  {
    method: 'POST',
    path: '/v1/sync',
    name: 'sync',
    summary: 'Compares and repairs with the others now',
    body: small('How long at most; 10s by default.', mesh.waiting, true),
    answers: { 204: { description: 'A session ended with everything equal.' } },
    async handle(asked) {
      const { peer, signal, closing } = asked
      await underAll([signal, closing], async (end) =>
        peer.sync({ ...said<object>(asked), signal: end }),
      )
      return done()
    },
  },
  {
    method: 'POST',
    path: '/v1/backup',
    name: 'backup',
    summary: 'A copy of this peer as one file on its machine; it holds the key of the peer',
    body: small('Where.', mesh.backup),
    answers: { 204: { description: 'It is there.' } },
    async handle(asked) {
      const { file } = said<{ readonly file: string }>(asked)
      if (!isAbsolute(file))
        throw unusable(file, 'write an absolute path, because this peer runs elsewhere than you')
      // Whoever may ask for a copy may not therefore replace the files of whoever runs this peer.
      if (await isThere(file))
        throw unusable(file, 'something is there already, and is left as it is')
      await asked.peer.backup(file)
      return done()
    },
  },
]

export const meshRoutes: readonly Route[] = [...rights, ...standing, ...waits]

const isThere = async (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  )

const unusable = (file: string, why: string): MeshError =>
  new MeshError('OPTION_INVALID', `file ${JSON.stringify(file)} cannot be used: ${why}`, {
    option: 'file',
  })
