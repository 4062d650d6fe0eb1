import { type Means, between } from './means.js'
import { type Leaving, type Mood, takeMood } from './mood.js'
import { type Wire, frameOf, partsOf } from './wire.js'
import { kindOf } from '../frames.js'

/** For a while it says nothing, or hears nothing, or neither; towards all or towards a few. */
export function withhold(means: Means): void {
  const silent: Mood['leaves'] = () => []
  const deaf: Mood['hears'] = () => true
  const answersNoWants: Mood['leaves'] = (leaving) =>
    kindOf(leaving.bytes) === 'delta' || kindOf(leaving.bytes) === 'snapshot' ? [] : [leaving]
  takeMood(
    means,
    means.hands.random.pick<Pick<Mood, 'leaves' | 'hears'>>([
      { leaves: silent },
      { hears: deaf },
      { leaves: silent, hears: deaf },
      { leaves: answersNoWants },
    ]),
  )
}

const lateMsMax = 60_000

/** For a while all that it sends comes seconds late, one thing after another. */
export function drip(means: Means): void {
  const { hands } = means
  const gapMs = between(means, 500, 5_000)
  let freeAt = hands.now()
  takeMood(means, {
    leaves: (leaving) =>
      piecesOf(leaving).flatMap((piece) => {
        freeAt = Math.max(freeAt, hands.now()) + gapMs
        const afterMs = piece.afterMs + freeAt - hands.now()
        // Who is that far behind will not send it any more.
        return afterMs > lateMsMax ? [] : [{ ...piece, afterMs }]
      }),
  })
}

/** A delta one release at a time, statements one by one; the rest cannot be taken apart. */
function piecesOf(leaving: Leaving): readonly Leaving[] {
  const parts = partsOf(leaving.bytes)
  const piece = (bytes: Uint8Array): Leaving => ({ ...leaving, bytes })
  switch (kindOf(leaving.bytes)) {
    case 'delta': {
      const [releases, rest, isGone] = parts as readonly [readonly Wire[], Wire, boolean]
      if (isGone) return [leaving]
      return releases.map((release, index) =>
        piece(frameOf('delta', [release], index === releases.length - 1 ? rest : [], false)),
      )
    }
    case 'statements': {
      const [statements, pairs, standing] = parts as readonly [readonly Wire[], Wire, Wire]
      return [
        ...statements.map((statement) => piece(frameOf('statements', [statement], [], null))),
        piece(frameOf('statements', [], pairs, standing)),
      ]
    }
    default:
      return [leaving]
  }
}
