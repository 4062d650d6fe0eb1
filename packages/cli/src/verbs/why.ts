import type { PeerClient } from '@grapevine/api/client'
import type { Why } from '@grapevine/peer'
import { authors } from '../shown/authors.js'
import { unknownKey } from '../shown/near-keys.js'
import { namer } from '../shown/release-names.js'
import { harmless, onOneLine, valueInWords } from '../shown/shown-value.js'
import { timeOf } from '../shown/times.js'
import { verb } from '../verb.js'

export const why = verb({
  name: 'why',
  says: 'says why a key has its value: by whose will, and by whose leave',
  args: '<key>',
  examples: [
    { line: 'grapevine why payments/db/pool.max', says: 'who wrote it, and who let them' },
  ],
  async run(call) {
    const key = call.word(0)
    const { client } = await call.peer()
    const answer = await client.why(key)
    if (answer.release === undefined && answer.struck.length === 0) {
      throw await unknownKey(client, key)
    }
    if (call.common.json) return call.json(answer)
    for (const line of await inWords(client, answer)) call.print(line)
  },
})

/** Times and names as all commands write them; by whose leave, as the peer says it. */
async function inWords(client: PeerClient, answer: Why): Promise<readonly string[]> {
  const { value, release, text } = answer
  if (release === undefined) return [harmless(text)]
  const nameOf = await namer(client)
  const authorOf = await authors(client, [release])
  const [, ...leave] = text.split('\n')
  const what = value === undefined ? 'no value   removed' : `${valueInWords(value)}   since`
  const said = release.message === undefined ? '' : `: ${onOneLine(release.message)}`
  const by = `release ${nameOf(release)} by ${authorOf(release)}${said}`
  return [`${what} ${timeOf(release.at)}, ${by}`, ...leave.map(harmless)]
}
