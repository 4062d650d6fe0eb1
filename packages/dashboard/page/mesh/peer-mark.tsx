import type { Standing } from './standing.js'

/** How a peer stands, in the shapes of the picture; a ring is around the one that is looked through. */
export function PeerMark(props: { readonly standing: Standing; readonly isThrough?: boolean }) {
  const { standing, isThrough = false } = props
  return (
    <svg
      class={`mesh-mark ${standing}`}
      viewBox="0 0 20 20"
      width="20"
      height="20"
      aria-hidden="true"
    >
      {isThrough && <circle class="mesh-through" cx="10" cy="10" r="9" />}
      <circle cx="10" cy="10" r="5.5" />
      {standing === 'paused' && <path d="M8.5 7.7v4.6M11.5 7.7v4.6" />}
      {standing === 'stopped' && <path d="M8.2 8.2l3.6 3.6M11.8 8.2l-3.6 3.6" />}
    </svg>
  )
}
