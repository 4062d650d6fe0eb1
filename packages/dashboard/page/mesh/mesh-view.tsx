import type { PeerId } from '@grapevine/peer'
import { useComputed } from '@preact/signals'
import { useMemo, useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import { Empty } from '../parts/empty.js'
import { StaleMesh } from '../parts/stale.js'
import { go } from '../route.js'
import { Alone } from './alone.js'
import { labGraph, memberGraph, nodeNamed, routeName } from './graph.js'
import type { Graph } from './graph.js'
import { LabBar } from './lab-bar.js'
import { Legend } from './legend.js'
import { MeshCanvas } from './mesh-canvas.js'
import { PeerDetails } from './peer-details.js'
import { PeerTable } from './peer-table.js'
import { createRipples } from './ripples.js'
import { Scenario } from './scenario.js'
import { Travel } from './travel.js'

/** Who is there, how they are linked, and how far each of them has come. */
export function MeshView({ chosen }: { chosen: string | undefined }) {
  const { lab, lostAt } = useDesk()
  const graph = useGraph()
  const isStale = (lab ?? { lostAt }).lostAt.value !== undefined
  return (
    <>
      <h1 class="unseen">Mesh</h1>
      <StaleMesh />
      {graph === undefined ? (
        <Empty title="Listening …">
          <p>The mesh is shown as soon as the peer has told of it.</p>
        </Empty>
      ) : (
        <Mesh graph={graph} chosen={chosen} isStale={isStale} />
      )}
    </>
  )
}

function Mesh(props: { graph: Graph; chosen: string | undefined; isStale: boolean }) {
  const { graph, isStale } = props
  const { lab } = useDesk()
  const ripples = useMemo(createRipples, [])
  const [ticked, setTicked] = useState<ReadonlySet<PeerId>>(new Set())
  const chosen = props.chosen === undefined ? undefined : nodeNamed(graph.nodes, props.chosen)
  const onTick = useMemo(
    () => lab && ((peer: PeerId): void => setTicked((known) => toggled(known, peer))),
    [lab],
  )
  function choose(peer: PeerId | undefined): void {
    const node = graph.nodes.find(({ id }) => id === peer)
    go('mesh', node && routeName(graph.nodes, node))
  }
  const marks = { graph, chosen: chosen?.id, ticked, onTick }
  return (
    <div class={isStale ? 'mesh is-stale' : 'mesh'}>
      <div class="card mesh-picture">
        <LabBar ticked={ticked} onUntick={() => setTicked(new Set())} />
        <Scenario />
        <MeshCanvas {...marks} ripples={ripples} onChoose={choose} />
        <Travel ripples={ripples} peers={lab && graph.nodes.length} />
        <Legend />
      </div>
      <div class="mesh-side">
        {props.chosen !== undefined && chosen === undefined && (
          <p class="card dim">No peer here is called {props.chosen}.</p>
        )}
        {chosen !== undefined && <PeerDetails node={chosen} graph={graph} />}
        {graph.nodes.length === 1 && lab === undefined && <Alone />}
        <PeerTable {...marks} />
      </div>
    </div>
  )
}

const toggled = (known: ReadonlySet<PeerId>, peer: PeerId): ReadonlySet<PeerId> =>
  known.has(peer) ? new Set([...known].filter((one) => one !== peer)) : new Set([...known, peer])

/** undefined: nobody has told yet. */
function useGraph(): Graph | undefined {
  const { lab, members, now } = useDesk()
  const graph = useComputed(() => {
    if (lab === undefined) {
      return members.value.size === 0 ? undefined : memberGraph(members.value, now.value)
    }
    const state = lab.state.value
    return state && labGraph(state, members.value, lab.through.value)
  })
  return graph.value
}
