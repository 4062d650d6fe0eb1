import { receiptsInWords, toneOf } from '../receipts.js'
import type { Counts } from '../receipts.js'

/** How far a release has come: it fills from the left. */
export function ReceiptsBar({ counts }: { counts: Counts }) {
  const { reached, refused, pending, silent } = counts
  const all = Math.max(1, reached + refused + pending + silent)
  const parts = { reached, refused, silent }
  const says = `${reached} of ${all} have it${refused > 0 ? `, ${refused} refused` : ''}${silent > 0 ? `, ${silent} silent` : ''}`
  return (
    <span class="receipts" role="img" aria-label={says} title={says}>
      <span class="bar">
        {Object.entries(parts).map(([name, count]) => (
          <span key={name} class={`part ${name}`} style={{ width: `${(100 * count) / all}%` }} />
        ))}
      </span>
      <span class="number" aria-hidden="true">
        {reached}/{all}
      </span>
    </span>
  )
}

/** The bar, and what it comes to. */
export const ReceiptsLine = ({ counts }: { counts: Counts }) => (
  <span class="releases-standing">
    <ReceiptsBar counts={counts} />
    <span class={`small ${toneOf(counts)}`}>{receiptsInWords(counts)}</span>
  </span>
)
