import { useMemo, useState } from 'preact/hooks'
import type { Value } from '@grapevine/core'
import { countOf } from '../in-words.js'
import { valueDiff } from './line-diff.js'
import { visible } from './visible.js'

const signs = { same: ' ', added: '+', removed: '−', gap: ' ' } as const
const spoken = { same: '', added: 'added: ', removed: 'removed: ', gap: '' } as const
const shownLinesMax = 60

interface ValueDiffProps {
  readonly before: Value | undefined
  readonly after: Value | undefined
  /** So many are shown before one asks for more. */
  readonly linesMax?: number
}

/** Before and after in one column; the sign says it as well as the colour. */
export function ValueDiff({ before, after, linesMax = shownLinesMax }: ValueDiffProps) {
  // Once for two values, however often what is around them is drawn.
  const lines = useMemo(() => valueDiff(before, after), [before, after])
  const [isWhole, setWhole] = useState(false)
  if (lines.every(({ is }) => is === 'same' || is === 'gap')) {
    return <p class="dim small">The value is the same.</p>
  }
  const shown = isWhole ? lines : lines.slice(0, linesMax)
  return (
    <div class="keys-diff">
      {shown.map(({ is, text }, at) => (
        <div key={at} class={`keys-line ${is}`}>
          <span class="keys-sign" aria-hidden="true">
            {signs[is]}
          </span>
          <span class="unseen">{spoken[is]}</span>
          {is === 'gap' ? `… ${countOf(Number(text), 'equal line')}` : visible(text)}
        </div>
      ))}
      {shown.length < lines.length && (
        <button class="quiet" onClick={() => setWhole(true)}>
          Show all {lines.length} lines
        </button>
      )}
    </div>
  )
}
