import type { PeerClient } from '@grapevine/api/page'
import { useEffect, useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import { Ago } from '../parts/ago.js'
import { useShortName } from '../parts/release-link.js'
import { inWords } from '../problems.js'
import { hashOf } from '../route.js'
import type { MeshNode } from './graph.js'
import { lackedBy } from './lacking.js'
import type { Lacked } from './lacking.js'

type Found = readonly Lacked[] | { readonly trouble: string } | undefined

/** Which of the recent releases a peer has not taken. */
export function LackingList({ node }: { node: MeshNode }) {
  const found = useLacking(node)
  const short = useShortName()
  return (
    <section class="mesh-lacking">
      <h3>What it lacks</h3>
      {found === undefined ? (
        <p class="dim">Asking …</p>
      ) : 'trouble' in found ? (
        <p class="dim">Nobody could say: {found.trouble}</p>
      ) : found.length === 0 ? (
        <p class="dim">
          {(node.behind ?? 0) > 0
            ? 'None of the latest releases; older ones are on their way.'
            : 'Nothing: it has every release that is known.'}
        </p>
      ) : (
        <ul>
          {found.map(({ release, why, reason }) => (
            <li key={release.id}>
              <a href={hashOf('releases', release.name)}>{short(release)}</a>{' '}
              <span class={why === 'refused' ? 'bad' : 'dim'}>{words[why]}</span>{' '}
              <span class="dim">
                <Ago at={release.at} />
              </span>
              {(reason ?? release.message) !== undefined && (
                <span class="mesh-reason">{reason ?? release.message}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const words = {
  refused: 'refused',
  pending: 'on its way',
  silent: 'not there when it was last heard',
} as const

/** Often enough for people, and not for each release of a burst. */
const askAgainMs = 1_500

function useLacking(node: MeshNode): Found {
  const { client, lab, releases } = useDesk()
  const [found, setFound] = useState<Found>(undefined)
  const other = lab?.state.value?.peers.find(
    ({ peer, state }) => peer !== node.id && state === 'running',
  )
  const asked: PeerClient =
    lab !== undefined && node.isThrough && other !== undefined
      ? lab.clientOf(other.number)
      : client.value
  useEffect(() => {
    const ending = new AbortController()
    let known: unknown
    const tell = (told: Found): void => {
      if (!ending.signal.aborted) setFound(told)
    }
    const ask = (): void => {
      if (known === releases.peek()) return
      known = releases.peek()
      lackedBy(node.id, asked, ending.signal).then(tell, (error: unknown) =>
        tell({ trouble: inWords(error) }),
      )
    }
    setFound(undefined)
    ask()
    const timer = setInterval(ask, askAgainMs)
    return () => {
      clearInterval(timer)
      ending.abort()
    }
  }, [node.id, asked])
  return found
}
