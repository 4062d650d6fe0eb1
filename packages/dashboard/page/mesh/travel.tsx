import { useEffect, useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import { tookInWords } from '../figures/amounts.js'
import { useShortName } from '../parts/release-link.js'
import { hashOf } from '../route.js'
import type { Ripple, Ripples } from './ripples.js'

const shownMax = 3
/** Words that change more often than this are not read. */
const drawnAgainMs = 200

/** The releases that were just seen travelling, and how long they took. */
export function Travel({ ripples, peers }: { ripples: Ripples; peers: number | undefined }) {
  useArrivals()
  const recent = ripples.recent().slice(0, shownMax)
  if (recent.length === 0) return null
  return (
    <ul class="mesh-travel" aria-label="Releases that just travelled">
      {recent.map((ripple) => (
        <Travelled key={ripple.release} ripple={ripple} peers={peers} />
      ))}
    </ul>
  )
}

function Travelled({ ripple, peers }: { ripple: Ripple; peers: number | undefined }) {
  const { releases } = useDesk()
  const short = useShortName()
  const { release, hue, firstAt, lastAt, landed } = ripple
  const [replica = '', seq = ''] = release.split('·')
  const row = releases.value.find((one) => one.release.name === release)
  const reached =
    peers === undefined
      ? row && `${row.reached} of ${row.reached + row.refused + row.pending + row.silent}`
      : `${landed.size} of ${peers}`
  return (
    <li>
      <span class={`mesh-hue hue-${hue + 1}`} aria-hidden="true" />
      <a href={hashOf('releases', release)}>{short({ replica, seq })}</a>
      <span class="number">{reached}</span>
      {landed.size > 1 && <span class="dim number">{tookInWords(lastAt - firstAt)}</span>}
      {row?.release.message !== undefined && (
        <span class="dim mesh-says">{row.release.message}</span>
      )}
    </li>
  )
}

/** Draws again when something came, and not for each. */
function useArrivals(): void {
  const { onArrivals } = useDesk()
  const [, setCount] = useState(0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = onArrivals(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        setCount((count) => count + 1)
      }, drawnAgainMs)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [])
}
