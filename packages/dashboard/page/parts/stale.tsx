import { useDesk } from '../context.js'
import { Ago } from './ago.js'

/** Over what is shown from memory: since when nobody confirms it, and why. */
export function Stale() {
  const { lostAt, trouble, lab } = useDesk()
  const peer = lab?.state.value?.peers.find(({ number }) => number === lab.through.value)
  return <Since who={peer?.name ?? 'This peer'} at={lostAt.value} why={trouble.value} />
}

/** The same of whoever knows the whole mesh. */
export function StaleMesh() {
  const { lab } = useDesk()
  if (lab === undefined) return <Stale />
  return <Since who="The lab" at={lab.lostAt.value} why={undefined} />
}

function Since({ who, at, why }: { who: string; at: number | undefined; why: string | undefined }) {
  if (at === undefined) return null
  return (
    <div class="stale" role="alert">
      <p>
        <strong>
          {who} does not answer since {new Date(at).toLocaleTimeString()}
        </strong>{' '}
        (<Ago at={at} />){why === undefined ? '' : `: ${why}`}. What is shown is from before; it is
        asked again until it answers.
      </p>
    </div>
  )
}
