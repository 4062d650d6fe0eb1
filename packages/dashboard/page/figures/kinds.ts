import type { Figures } from '@grapevine/api/page'
import type { LabFigures } from '../lab-wire.js'
import type { Unit } from './amounts.js'

/** One picture: what it shows, and what that means. */
export interface Kind<F> {
  readonly title: string
  readonly says: string
  readonly unit: Unit
  /** An axis ends no lower: what is hardly anything shall not look like much. */
  readonly topMin: number
  readonly lines: readonly Line<F>[]
}

export interface Line<F> {
  readonly name: string
  readonly of: (figures: F) => number | undefined
}

type Spread = { readonly p50: number; readonly p99: number } | undefined

const spread = <F>(of: (figures: F) => Spread): readonly Line<F>[] => [
  { name: 'p50', of: (figures) => of(figures)?.p50 },
  { name: 'p99', of: (figures) => of(figures)?.p99 },
]

const copies: Kind<Pick<Figures, 'copies'>> = {
  title: 'Copies per peer',
  says: 'How often gossip brings each release to a peer. One is enough; more survives losses.',
  unit: 'copies',
  topMin: 2,
  lines: [{ name: 'copies', of: (figures) => figures.copies }],
}

const store: Kind<Pick<Figures, 'storeMs'>> = {
  title: 'Store',
  says: 'How long writes wait, at most, until they are safe on the disk.',
  unit: 'ms',
  topMin: 10,
  lines: spread(({ storeMs }) => storeMs),
}

const busy: readonly Kind<Figures>[] = [
  {
    title: 'Loop lag',
    says: 'How late the process comes to its work. Above 50 ms it, or its machine, is too busy.',
    unit: 'ms',
    topMin: 10,
    lines: [{ name: 'lag', of: ({ loopLagMs }) => loopLagMs }],
  },
  {
    title: 'Releases',
    says: 'What is written in the mesh and arrives here, or is written here.',
    unit: 'releases',
    topMin: 1,
    lines: [{ name: 'releases', of: ({ releasesPerSecond }) => releasesPerSecond }],
  },
]

export const kindsOfPeer: readonly Kind<Figures>[] = [
  {
    title: 'Propagation',
    says: 'How old releases are when they come here: half are younger than p50, 99 of 100 than p99.',
    unit: 'ms',
    topMin: 100,
    lines: spread(({ ageMs }) => ageMs),
  },
  copies,
  {
    title: 'Traffic',
    says: 'What comparing and repairing costs, beside all that this peer sends and receives.',
    unit: 'bytes',
    topMin: 1_000,
    lines: [
      { name: 'sync', of: ({ syncBytesPerSecond }) => syncBytesPerSecond },
      { name: 'sent', of: ({ sentBytesPerSecond }) => sentBytesPerSecond },
      { name: 'received', of: ({ receivedBytesPerSecond }) => receivedBytesPerSecond },
    ],
  },
  store,
  ...busy,
]

/** Of all peers of the lab together. */
export const kindsOfLab: readonly Kind<LabFigures>[] = [
  {
    title: 'Propagation',
    says: 'From a write to the last peer that it can reach: half are faster than p50, 99 of 100 than p99.',
    unit: 'ms',
    topMin: 100,
    lines: spread(({ lastMs }) => lastMs),
  },
  copies,
  {
    title: 'Traffic',
    says: 'What comparing and repairing costs, beside all that the peers send to each other.',
    unit: 'bytes',
    topMin: 1_000,
    lines: [
      { name: 'sync', of: ({ syncBytesPerSecond }) => syncBytesPerSecond },
      { name: 'sent', of: ({ sentBytesPerSecond }) => sentBytesPerSecond },
    ],
  },
  store,
]

/** What only a single peer measures, beside the lab's own figures. */
export const kindsBesideLab: readonly Kind<Figures>[] = busy
