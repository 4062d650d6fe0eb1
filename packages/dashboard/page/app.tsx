import type { ReadonlySignal } from '@preact/signals'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { DeskProvider, useDesk } from './context.js'
import type { Desk } from './desk.js'
import { FiguresView } from './figures/figures-view.js'
import { KeysView } from './keys/keys-view.js'
import { MeshView } from './mesh/mesh-view.js'
import { Header } from './parts/header.js'
import { KeysSheet } from './parts/keys-sheet.js'
import { Stale } from './parts/stale.js'
import { Toasts } from './parts/toasts.js'
import { Unlock } from './parts/unlock.js'
import { ReleasesView } from './releases/releases-view.js'
import type { Route } from './route.js'
import { useShortcuts } from './shortcuts.js'

const titles = { mesh: 'Mesh', keys: 'Keys', releases: 'Releases', figures: 'Figures' } as const

export function App({ desk, route }: { desk: Desk; route: ReadonlySignal<Route> }) {
  const [isHelping, setHelping] = useState(false)
  const help = useCallback(() => setHelping(true), [])
  useShortcuts(help)
  const { view } = route.value
  const mesh = desk.status.value?.mesh ?? 'Grapevine'
  useEffect(() => {
    document.title = `${titles[view]} · ${mesh}`
  }, [view, mesh])
  return (
    <DeskProvider value={desk}>
      <a class="skip" href="#main" onClick={toMain}>
        Skip to the content
      </a>
      <Header view={view} titles={titles} onHelp={help} />
      <main id="main" tabIndex={-1} class={`view view-${view}`}>
        {desk.connection.value === 'locked' ? <Unlock /> : <Shown route={route.value} />}
      </main>
      {isHelping && <KeysSheet onClose={() => setHelping(false)} />}
      <Toasts />
    </DeskProvider>
  )
}

function Shown({ route: { view, chosen } }: { route: Route }) {
  const { lab, lostAt } = useDesk()
  // What a peer told begins anew with another one; the picture of the mesh goes on.
  const through = lab?.through.value
  const isLost = lostAt.value !== undefined
  if (view === 'mesh') return <MeshView chosen={chosen} />
  return (
    <>
      <Stale />
      <div class={isLost ? 'shown is-stale' : 'shown'}>
        {view === 'keys' && <KeysView key={through} chosen={chosen} />}
        {view === 'releases' && <ReleasesView key={through} chosen={chosen} />}
        {view === 'figures' && <FiguresView key={through} />}
      </div>
    </>
  )
}

/** The hash is the route: a jump inside of the page must not change it. */
function toMain(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
