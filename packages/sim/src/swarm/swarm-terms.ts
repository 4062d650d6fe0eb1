import { weighted, without } from './draw.js'
import { randomOf } from '../random.js'
import type { Random } from '../random.js'
import type { Mesh } from './swarm-mesh.js'
import type { Story } from './story.js'

/** Kinds of trouble; each seed knows only some of them, so that rare pairs are not drowned. */
export const faultClasses = [
  'loss',
  'duplicates',
  'reordering',
  'truncation',
  'clogs',
  'narrow-links',
  'squalls',
  'partitions',
  'link-troubles',
  'absences',
  'crashes',
  'pauses',
  'slow-disks',
  'disk-failures',
  'lost-disks',
  'restores',
  'reverts',
  'clones',
  'clock-jumps',
  'drift',
  'coarse-clocks',
  'churn',
  'statements',
  'months',
  'hostility',
] as const
export type FaultClass = (typeof faultClasses)[number]

/** How much goes wrong in a seed: nothing, one class, everything that may meet, or some of it. */
type Flavour = 'calm' | 'single' | 'heavy' | 'mixture'

/**
 * Forks that stay hidden for months are a known gap of the replica (ARCHITECTURE), and so is what
 * follows from them: a seed knows the one or the other.
 */
export type Era = 'forks' | 'months'

/** A dangerous story that is arranged on purpose while all the rest goes on around it. */
export interface Theme {
  readonly name: string
  /** How much more often than others it is told, for it seldom comes out as it should; 1 by default. */
  readonly weight?: number
  readonly era?: Era
  /**
   * Who lies about its state must meet no newcomer: an empty one believes the first snapshot that it
   * gets (ARCHITECTURE, decisions).
   */
  readonly hasLiars?: boolean
  /** What must be there for it to be told. */
  readonly needs?: Needs
  /** Sets what the story depends on, such as slow disks or coarse clocks. */
  readonly bend?: (mesh: Mesh, random: Random) => Partial<Mesh>
  readonly tell: (story: Story) => void
}

interface Needs {
  /** Honest peers who are no admins. */
  readonly people?: number
  readonly admins?: number
  readonly hostile?: number
  readonly isRevocable?: boolean
}

/** Drawn first; all that follows keeps to it. */
export interface Terms {
  readonly seed: number
  readonly flavour: Flavour
  readonly era: Era
  readonly faults: ReadonlySet<FaultClass>
  readonly theme: Theme | undefined
  /** A mesh of badges. */
  readonly isClosed: boolean
}

/** Stories for every mesh, and those that only a closed one can tell. */
export interface Themes {
  readonly always: readonly Theme[]
  readonly closed: readonly Theme[]
}

const forks: readonly FaultClass[] = ['reverts', 'clones']
const months: readonly FaultClass[] = ['months']
const newcomers: readonly FaultClass[] = ['churn', 'lost-disks']

const closedShare = 0.25

export function termsOf(seed: number, known: Themes): Terms {
  // A stream of its own: what an open mesh draws is no concern of it.
  const isClosed = randomOf(seed, 'rights').chance(closedShare)
  const themes = isClosed ? [...known.closed, ...known.always] : known.always
  const random = randomOf(seed, 'terms')
  const flavour = weighted(random, { calm: 10, single: 10, heavy: 10, mixture: 70 })
  const isThemed = flavour === 'heavy' || flavour === 'mixture'
  const theme = isThemed ? drawTheme(themes, random) : undefined
  const era = theme?.era ?? (random.chance(0.35) ? 'forks' : 'months')
  const possible = without(
    faultClasses,
    ...(era === 'months' ? forks : months),
    ...(theme?.hasLiars === true ? newcomers : []),
  )
  return {
    seed,
    flavour,
    era,
    theme,
    isClosed,
    faults: new Set(faultsOf(flavour, possible, random)),
  }
}

function drawTheme(themes: readonly Theme[], random: Random): Theme | undefined {
  const weights = Object.fromEntries(themes.map(({ name, weight = 1 }) => [name, weight]))
  const drawn = weighted(random, weights)
  return themes.find(({ name }) => name === drawn)
}

function faultsOf(
  flavour: Flavour,
  possible: readonly FaultClass[],
  random: Random,
): readonly FaultClass[] {
  switch (flavour) {
    case 'calm':
      return []
    case 'single':
      return [random.pick(possible)]
    case 'heavy':
      return possible
    case 'mixture': {
      // Some seeds leave their theme nearly alone, others bury it.
      const share = random.pick([0.05, 0.15, 0.3, 0.5])
      return possible.filter(() => random.chance(share))
    }
  }
}
