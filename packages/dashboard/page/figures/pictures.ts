import type { Figures } from '@grapevine/api/page'
import type { LabFigures } from '../lab-wire.js'
import { amountInWords } from './amounts.js'
import { columnsOf } from './columns.js'
import type { Columns } from './columns.js'
import { kindsBesideLab, kindsOfLab, kindsOfPeer } from './kinds.js'
import type { Kind } from './kinds.js'

/** One kind of figures, as they came. */
export interface Picture extends Pick<Kind<never>, 'title' | 'says' | 'unit' | 'topMin'> {
  /** Whose figures they are. */
  readonly of: string
  /** Of its lines. */
  readonly names: readonly string[]
  readonly columns: Columns
}

interface Measured {
  readonly peer: string
  readonly figures: readonly Figures[]
  /** In the lab: of all its peers together. */
  readonly lab: readonly LabFigures[] | undefined
}

export const picturesOf = ({ peer, figures, lab }: Measured): readonly Picture[] =>
  lab === undefined
    ? kindsOfPeer.map((kind) => pictureOf(kind, figures, peer))
    : [
        ...kindsOfLab.map((kind) => pictureOf(kind, lab, 'all peers')),
        ...kindsBesideLab.map((kind) => pictureOf(kind, figures, peer)),
      ]

function pictureOf<F extends { readonly at: number }>(
  { lines, ...kind }: Kind<F>,
  figures: readonly F[],
  of: string,
): Picture {
  const columns = columnsOf(
    figures,
    lines.map((line) => line.of),
  )
  return { ...kind, of, names: lines.map(({ name }) => name), columns }
}

/** Of one line at one of its times. */
export function amountAt({ columns, unit }: Picture, line: number, at: number): string | undefined {
  const amount = columns[line + 1]?.[at] ?? undefined
  return amount === undefined ? undefined : amountInWords(amount, unit)
}

/** `p50 4 ms, p99 20 ms`: the newest of all lines. */
export function nowInWords(picture: Picture): string {
  const last = picture.columns[0].length - 1
  return picture.names
    .map((name, line) => {
      const amount = amountAt(picture, line, last) ?? 'nothing'
      return picture.names.length > 1 ? `${name} ${amount}` : amount
    })
    .join(', ')
}
