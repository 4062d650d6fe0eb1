import { resultOf } from '../../../measure.ts'
import { copies as copiesIn } from '../../peer/spreading.ts'
import type { Work } from './work.ts'

/** Measured as `npm run bench peer` does. */
export const copies: Work = {
  name: 'copies',
  figures: ['copies-10', 'copies-32'],
  limitMs: 240_000,
  excused: ({ name }) =>
    name === 'grapevine' ? undefined : 'only peers of Grapevine are asked for their counters',
  async *run() {
    for await (const figure of copiesIn()) {
      const peers = /each of (\d+) peers/.exec(resultOf(figure).what)?.[1]
      if (peers === '10' || peers === '32') {
        yield { figure: `copies-${peers}`, samples: figure.rounds }
      }
    }
  },
}
