import { MeshError, checkKey } from '@grapevine/core'
import { valueBodyBytesMax } from '../asking.js'
import { valueFrom } from '../json.js'
import { answer } from '../route.js'
import type { Route } from '../route.js'
import { entries } from '../schemas/keys.js'
import { history, why } from '../schemas/past.js'
import { resolving } from '../schemas/releases.js'
import { written } from '../schemas/shared.js'

export const pastRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/history/{key}',
    name: 'getHistory',
    summary: 'What a key held, oldest first',
    answers: { 200: { description: 'As far as it is known here.', schema: history } },
    handle: ({ peer, named }) => answer({ versions: peer.history(checkKey(named)) }),
  },
  {
    method: 'GET',
    path: '/v1/why/{key}',
    name: 'why',
    summary: 'Why a key shows what it shows: by whose will, and by whose leave',
    answers: { 200: { description: 'Link by link, up to the root.', schema: why } },
    handle: ({ peer, named }) => answer(peer.why(checkKey(named))),
  },
  {
    method: 'GET',
    path: '/v1/conflicts',
    name: 'listConflicts',
    summary: 'Keys that several wrote at the same time',
    query: { prefix: { is: 'text', says: 'All of them where it is left out.' } },
    answers: { 200: { description: 'As the disk of this peer holds them.', schema: entries } },
    handle({ peer, journal, query }) {
      const prefix = query.get('prefix') ?? ''
      const found = peer.conflicts().filter(({ key }) => key.startsWith(prefix))
      return answer({ entries: found, index: journal.index() })
    },
  },
  {
    method: 'POST',
    path: '/v1/conflicts/{key}',
    name: 'resolve',
    summary: 'Settles a conflict as it is shown here',
    body: {
      says: '`release`: take the value that it wrote; or a `value` of your own.',
      schema: resolving,
      bytesMax: valueBodyBytesMax,
    },
    answers: { 200: { description: 'The release.', schema: written } },
    async handle({ peer, named, body }) {
      const { release, message, ifMatch, ...own } = body as {
        readonly release?: string
        readonly message?: string
        readonly ifMatch?: string
        readonly value?: unknown
      }
      if ((release === undefined) === !('value' in own)) throw unclear()
      const take = release === undefined ? { value: valueFrom(own.value) } : { release }
      return answer(await peer.resolve(checkKey(named), take, { message, ifMatch }))
    },
  },
]

const unclear = (): MeshError =>
  new MeshError('OPTION_INVALID', 'the body cannot be used: write either a release or a value')
