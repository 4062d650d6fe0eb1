import { exitCodes } from '../exit-codes.js'
import { fileOptions, planPublication, publicationInWords } from '../acting/publication.js'
import { showUnified } from '../shown/unified.js'
import { flag, verb } from '../verb.js'

export const diff = verb({
  name: 'diff',
  says: 'shows what publishing a file would change',
  args: '<file>',
  options: {
    ...fileOptions,
    exitCode: flag('end with 1 where something would change, with 0 where nothing would'),
  },
  examples: [
    { line: 'grapevine diff prod.yaml', says: 'against what this peer has' },
    { line: 'grapevine diff prod.yaml --prune', says: 'with what would be removed' },
    { line: 'grapevine diff conf/ --exit-code --quiet', says: 'for a script' },
  ],
  async run(call) {
    const { client } = await call.peer()
    const plan = await planPublication(call, client, call.word(0), call.options)
    showUnified(call, plan.differences)
    call.say(publicationInWords(plan))
    return call.options.exitCode && plan.differences.length > 0 ? exitCodes.failed : exitCodes.ok
  },
})
