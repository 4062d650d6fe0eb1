import { PeerMark } from './peer-mark.js'
import { legend } from './standing.js'

/** What the marks of the picture mean. */
export function Legend() {
  return (
    <ul class="mesh-legend small" aria-label="What the marks mean">
      {legend.map(([standing, says]) => (
        <li key={standing}>
          <PeerMark standing={standing} /> {says}
        </li>
      ))}
      <li>
        <PeerMark standing="in-step" isThrough /> looked through
      </li>
    </ul>
  )
}
