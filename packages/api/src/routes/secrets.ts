import { MeshError, checkKey } from '@grapevine/core'
import type { Peer } from '@grapevine/peer'
import { valueBodyBytesMax } from '../asking.js'
import { bytesFrom } from '../json.js'
import { refused } from '../problem.js'
import { answer } from '../route.js'
import type { Route } from '../route.js'
import { exposures, sealed, sealing, secret, secrets, setSecret } from '../schemas/secrets.js'
import { written } from '../schemas/shared.js'

type SetOptions = Parameters<Peer['setSecret']>[2]

export const secretRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/secrets',
    name: 'listSecrets',
    summary: 'Secrets as everybody can see them: for whom they are, and not what',
    query: { prefix: { is: 'text', says: 'All of them where it is left out.' } },
    answers: { 200: { description: 'Ascending by keys.', schema: secrets } },
    handle: ({ peer, query }) => answer({ secrets: peer.secrets(query.get('prefix') ?? '') }),
  },
  {
    method: 'GET',
    path: '/v1/secrets/{key}',
    name: 'readSecret',
    summary: 'Opens a secret that is sealed to this peer',
    answers: { 200: { description: 'What was sealed.', schema: secret } },
    async handle({ peer, named }) {
      const key = checkKey(named)
      const opened = await peer.secret(key)
      if (opened === undefined) throw refused(404, 'NOT_FOUND', `${key} has no value`)
      return answer({ secret: opened })
    },
  },
  {
    method: 'PUT',
    path: '/v1/secrets/{key}',
    name: 'setSecret',
    summary: 'Seals a secret, and writes it; answers once it is durable here',
    body: { says: 'What, and to whom.', schema: setSecret, bytesMax: valueBodyBytesMax },
    answers: { 200: { description: 'The release.', schema: written } },
    async handle({ peer, named, body }) {
      const { secret: given, ...options } = body as SetOptions & { readonly secret: unknown }
      return answer(await peer.setSecret(checkKey(named), plainIn(given), options))
    },
  },
  {
    method: 'POST',
    path: '/v1/secrets/{key}',
    name: 'sealSecret',
    summary: 'Seals a secret for whoever signs it himself; nothing is written',
    body: { says: 'What, and to whom.', schema: sealing, bytesMax: valueBodyBytesMax },
    answers: { 200: { description: 'The value to publish.', schema: sealed } },
    async handle({ peer, named, body }) {
      const { secret: given, ...options } = body as SetOptions & { readonly secret: unknown }
      return answer({ value: await peer.sealSecret(checkKey(named), plainIn(given), options) })
    },
  },
  {
    method: 'GET',
    path: '/v1/exposed/{who}',
    name: 'listExposed',
    summary: 'What a peer id or an age recipient could read, now or before',
    answers: { 200: { description: 'To be replaced once it is revoked.', schema: exposures } },
    handle: async ({ peer, named }) => answer({ exposed: await peer.exposedTo(named) }),
  },
]

/** No error shows any of it. */
function plainIn(given: unknown): string | Uint8Array {
  const plain = typeof given === 'string' ? given : bytesFrom(given)
  if (plain !== undefined) return plain
  throw new MeshError(
    'VALUE_INVALID',
    'the secret cannot be used: write a text, or {"$bytes": "<base64>"}',
  )
}
