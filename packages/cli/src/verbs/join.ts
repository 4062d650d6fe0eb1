import { resolve } from 'node:path'
import { MeshError } from '@grapevine/core'
import { joinAsSigner, openPeer } from '@grapevine/peer'
import type { Peer } from '@grapevine/peer'
import type { Call } from '../call.js'
import { Complaint, misused } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import { nextCommand } from '../shown/next-command.js'
import { onOneLine } from '../shown/shown-value.js'
import { peerOptions } from '../acting/peer-options.js'
import { storedPassphrase } from '../typed/passphrase.js'
import { checkSpan } from '../typed/span.js'
import { readToken } from '../typed/token.js'
import { text, verb } from '../verb.js'

const options = {
  name: text('<name>', 'what you are called in the mesh: the name of this host if you do not say'),
  person: text('<file>', 'not a peer but a person or a job: makes a key of its own, there'),
  timeout: text('<time>', 'how long to wait for the others: 30s if you do not say', {
    check: (timeout) => void checkSpan('--timeout', timeout),
  }),
} as const

export const join = verb({
  name: 'join',
  says: 'enters a mesh with a token: as a peer, or as a person',
  args: '[token]',
  options,
  more: `The token is @file, - for standard input, or typed unseen where you leave it out; as an argument it
is refused, for everybody on a machine can read those. A badge is made with it offline, once; to
have it renewed as long as the invite lasts, run the peer with up --join @file.`,
  examples: [
    { line: 'grapevine join @peer.token --name bob', says: 'a peer, in this folder' },
    {
      line: 'grapevine join @ann.token --person ann.pem --name ann',
      says: 'a person: then write with --as ann.pem',
    },
  ],
  async run(call) {
    const token = await readToken(call, call.words[0])
    return call.options.person === undefined
      ? joinAsPeer(call, token)
      : joinAsPerson(call, token, call.options.person)
  },
})

async function joinAsPerson(
  call: Call<typeof options>,
  token: string,
  person: string,
): Promise<void> {
  const { name } = call.options
  if (name === undefined) {
    throw misused(
      'nobody knows what this person is called',
      'add --name, as it will stand in histories',
    )
  }
  const file = resolve(call.terminal.cwd, person)
  const { key } = await joinAsSigner({
    token,
    name,
    file,
    passphrase: await storedPassphrase(call),
  })
  if (call.common.json) return call.json({ key, name, file })
  call.print(`${name} has the key ${file} and a badge beside it`)
  call.say(`next: grapevine set <key> <value> --as ${person}, beside a peer of the mesh`)
}

async function joinAsPeer(call: Call<typeof options>, token: string): Promise<void> {
  const { settings, signal, common } = call
  const notices: string[] = []
  await using peer = await openPeer({
    ...peerOptions(settings, call.terminal, { name: call.options.name }),
    // `up` offers it to others; until then nobody needs to reach it.
    listen: ['127.0.0.1:0'],
    announce: [],
    join: token,
    onNotice: ({ text: line }) => void notices.push(line),
    signal,
  })
  await holdTheMesh(call, peer, notices)
  const { name, members, keys } = peer.status()
  if (common.json) {
    return call.json({ peer: peer.id, name, mesh: peer.mesh, members, keys })
  }
  call.print(`${name} is a member of ${peer.mesh}: ${members} members, ${keys} keys here`)
  call.say(`next: ${nextCommand(call, 'up')}`)
}

async function holdTheMesh(
  call: Call<typeof options>,
  peer: Peer,
  notices: readonly string[],
): Promise<void> {
  const { signal } = call
  const timeout = call.options.timeout ?? '30s'
  try {
    await peer.ready({ timeout, signal })
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== 'NOT_READY') throw error
    for (const notice of notices) call.say(`  ${onOneLine(notice)}`)
    const tried = peer.peers().flatMap(({ isSelf, addresses }) => (isSelf ? [] : addresses))
    if (tried.length > 0) call.say(`  tried ${tried.join(', ')}`)
    throw new Complaint(
      exitCodes.notReached,
      error.code,
      `${peer.name} has its badge for ${peer.mesh}, and reached nobody within ${timeout}: it holds nothing of the mesh yet`,
      {
        next: `see that one of the members runs, and can be reached from here; then ${nextCommand(call, 'up')} goes on trying`,
      },
    )
  }
}
