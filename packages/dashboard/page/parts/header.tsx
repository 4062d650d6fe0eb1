import grape from '../grape.svg'
import { useDesk } from '../context.js'
import { hashOf, views } from '../route.js'
import type { View } from '../route.js'
import { Verdict } from './verdict.js'

/** Where one is, in which mesh, and whether all is well: in one line. */
export function Header(props: {
  readonly view: View
  readonly titles: Readonly<Record<View, string>>
  readonly onHelp: () => void
}) {
  const { view, titles, onHelp } = props
  const { conflicts } = useDesk()
  return (
    <header class="top">
      <a class="wordmark" href={hashOf('mesh')} aria-label="grapevine: the mesh">
        <img src={grape} alt="" width="22" height="22" /> grapevine
      </a>
      <nav aria-label="Views">
        {views.map((name) => (
          <a key={name} href={hashOf(name)} aria-current={name === view ? 'page' : undefined}>
            {titles[name]}
            {name === 'keys' && conflicts.value.size > 0 && (
              <span class="count warn" title="keys in conflict">
                {conflicts.value.size}
                <span class="unseen"> in conflict</span>
              </span>
            )}
          </a>
        ))}
      </nav>
      <Verdict />
      <Through />
      <button class="quiet help" aria-label="Keyboard" title="Keyboard (?)" onClick={onHelp}>
        ?
      </button>
    </header>
  )
}

/** In the lab: through which peer one looks, and writes. */
function Through() {
  const { lab } = useDesk()
  const peers = lab?.state.value?.peers
  if (lab === undefined || peers === undefined) return null
  return (
    <div class="through">
      <span class="dim" aria-hidden="true">
        through
      </span>
      <select
        aria-label="Peer that is looked through"
        value={lab.through.value}
        onChange={({ currentTarget }) => (lab.through.value = Number(currentTarget.value))}
      >
        {peers.map(({ number, name, state }) => (
          <option key={number} value={number}>
            {`${number} ${name}${state === 'running' ? '' : ` (${state})`}`}
          </option>
        ))}
      </select>
    </div>
  )
}
