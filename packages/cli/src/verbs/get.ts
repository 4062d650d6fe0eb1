import type { PeerClient } from '@grapevine/api/client'
import type { Value } from '@grapevine/core'
import { MeshError } from '@grapevine/core'
import type { Call } from '../call.js'
import { misused } from '../complain.js'
import { unknownKey } from '../shown/near-keys.js'
import { bytesInWords, harmless, isSealed } from '../shown/shown-value.js'
import { flag, verb } from '../verb.js'

export const get = verb({
  name: 'get',
  says: 'shows the value of a key',
  args: '<key>',
  options: { secret: flag('open what was sealed, if this peer can') },
  more: `Texts are printed bare, bytes as they are, everything else as JSON. With --json it is the whole
entry: value, version, release, and what is in conflict with it.`,
  examples: [
    { line: 'grapevine get shop/banner', says: 'its value' },
    { line: 'grapevine get shop/banner --json', says: 'with its version, for --if-match' },
    { line: 'grapevine get shop/db/password --secret', says: 'opened' },
    { line: 'grapevine get shop/logo > logo.png', says: 'bytes, into a file' },
  ],
  async run(call) {
    const key = call.word(0)
    const { client } = await call.peer()
    if (call.options.secret) return showSecret(call, client, key)
    const entry = await client.entry(key)
    if (entry === undefined) throw await unknownKey(client, key)
    if (call.common.json) return call.json(entry)
    if (isSealed(entry.value)) call.say('this is sealed: --secret opens it')
    if (entry.others.length > 0) call.say(`in conflict: grapevine conflicts ${key}`)
    await show(call, entry.value)
  },
})

async function showSecret(call: Call, client: PeerClient, key: string): Promise<void> {
  const secret = await client.secret(key).catch(async (error: unknown) => {
    const isMissing = error instanceof MeshError && error.code === 'NOT_FOUND'
    throw isMissing ? await unknownKey(client, key) : error
  })
  if (call.common.json) return call.json({ key, secret })
  await show(call, secret)
}

async function show(call: Call, value: Value): Promise<void> {
  const isWatched = call.terminal.stdout.isTTY === true
  if (value instanceof Uint8Array) {
    if (!isWatched) return call.write(value)
    throw misused(
      `the value is bytes, which a terminal cannot show: ${bytesInWords(value)}`,
      `grapevine get ${call.word(0)} > file, or --json`,
    )
  }
  if (typeof value === 'string') return call.print(isWatched ? harmless(value) : value)
  if (hasBytes(value) || !isWatched) return call.json(value)
  call.print(harmless(JSON.stringify(value, undefined, 2)))
}

const hasBytes = (value: Value): boolean =>
  value instanceof Uint8Array ||
  (typeof value === 'object' && value !== null && Object.values(value).some(hasBytes))
