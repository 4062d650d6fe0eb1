import { authors } from '../shown/authors.js'
import { notFound } from '../complain.js'
import { showDifferences } from '../shown/differences.js'
import { namer } from '../shown/release-names.js'
import { onOneLine } from '../shown/shown-value.js'
import { timeOf } from '../shown/times.js'
import { verb } from '../verb.js'

export const show = verb({
  name: 'show',
  says: 'shows a release: who, when, why, and what it changed',
  args: '<release>',
  examples: [{ line: 'grapevine show 7f3a·412', says: 'by its name, short or in full' }],
  async run(call) {
    const name = call.word(0)
    const { client } = await call.peer()
    const found = await client.release(name)
    if (found === undefined) {
      throw notFound(`release ${name} is not held here`, 'grapevine history <key> names releases')
    }
    if (call.common.json) return call.json(found)
    const { release, changes } = found
    const nameOf = await namer(client)
    const authorOf = await authors(client, [release])
    const why = release.message === undefined ? '' : `: ${onOneLine(release.message)}`
    call.print(`release ${nameOf(release)} by ${authorOf(release)}, ${timeOf(release.at)}${why}`)
    if (changes.length === 0) call.print('  what it changed is no longer known here')
    showDifferences({ ...call, print: (line) => call.print(`  ${line}`) }, changes)
  },
})
