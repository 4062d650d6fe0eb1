import { parseArgs } from 'node:util'

export interface CompareOptions {
  readonly systems: readonly string[]
  readonly works: readonly string[]
  readonly rounds: number
  readonly isJson: boolean
  /** Where a page is written. */
  readonly html: string | undefined
  /** Measured before, and now only shown. */
  readonly from: string | undefined
  readonly isWritingFigures: boolean
  readonly isSimulating: boolean
}

export const usage = `Measures Grapevine beside the machine itself and beside other systems, in one run.

  npm run bench                                  everything that is here (see: npm run bench-peers)
  npm run bench -- --systems floor,grapevine,etcd --works last,write --rounds 3
  npm run bench -- --json                        all figures, as JSON
  npm run bench -- --html figures.html           a page with plots
  npm run bench -- --write-figures               docs/FIGURES.md
  npm run bench -- --from run.json --html …      shows what an earlier run printed with --json; of the last one,
                                                 ended or not: node_modules/.cache/grapevine/bench-run.json
  npm run bench -- --simulate                    first simulates meshes of up to 10,000 peers (minutes)
  npm run bench <area>                           one area of Grapevine alone, more closely`

const roundsMax = 100

/** Names may be cut short: `last` means all that begin with it. Throws what to tell the user. */
export function readCompareOptions(
  args: readonly string[],
  known: { readonly systems: readonly string[]; readonly works: readonly string[] },
): CompareOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      systems: { type: 'string' },
      works: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      html: { type: 'string' },
      from: { type: 'string' },
      'write-figures': { type: 'boolean', default: false },
      simulate: { type: 'boolean', default: false },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > roundsMax) {
    throw new Error(`--rounds ${values.rounds} cannot be used: write 1 to ${roundsMax}`)
  }
  return {
    systems: chosen('systems', values.systems, known.systems, isSame),
    works: chosen('works', values.works, known.works, isPartOf),
    rounds,
    isJson: values.json,
    html: values.html,
    from: values.from,
    isWritingFigures: values['write-figures'],
    isSimulating: values.simulate,
  }
}

/** There are two floors, and ratios are to the one that signs. */
const isSame = (name: string, word: string): boolean =>
  name === word || (word === 'floor' && name === 'signed-floor')
const isPartOf = (name: string, word: string): boolean =>
  name === word || name.startsWith(`${word}-`)

function chosen(
  option: string,
  text: string | undefined,
  known: readonly string[],
  isMeant: (name: string, word: string) => boolean,
): readonly string[] {
  if (text === undefined) return known
  const words = text.split(',').filter((word) => word !== '')
  const unknown = words.find((word) => !known.some((name) => isMeant(name, word)))
  if (unknown !== undefined || words.length === 0) {
    throw new Error(`--${option} ${unknown ?? ''} is not known: choose from ${known.join(', ')}`)
  }
  return known.filter((name) => words.some((word) => isMeant(name, word)))
}
