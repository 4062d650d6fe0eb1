import type { PeerId } from '@grapevine/peer'
import { useEffect, useRef } from 'preact/hooks'
import { useDesk } from '../context.js'
import type { Graph } from './graph.js'
import type { Ripples } from './ripples.js'
import { openStage } from './stage.js'
import type { Stage } from './stage.js'
import { standingOf } from './standing.js'

interface Props {
  readonly graph: Graph
  readonly ripples: Ripples
  readonly chosen: PeerId | undefined
  readonly ticked: ReadonlySet<PeerId>
  readonly onChoose: (peer: PeerId | undefined) => void
  readonly onTick: ((peer: PeerId) => void) | undefined
}

/** The mesh as a picture. All that it shows and does the list beside it shows and does, too. */
export function MeshCanvas({ graph, ripples, chosen, ticked, onChoose, onTick }: Props) {
  const { onArrivals } = useDesk()
  const ref = useRef<HTMLCanvasElement>(null)
  const stage = useRef<Stage | undefined>(undefined)
  const pointed = useRef<PeerId | undefined>(undefined)
  const mark = (): void =>
    stage.current?.mark({ chosen, pointed: pointed.current, ticked, isCalm: calm.matches })

  useEffect(() => {
    const opened = openStage(ref.current!, ripples)
    stage.current = opened
    const stop = onArrivals((arrivals) => opened.hear(arrivals))
    return () => {
      stop()
      opened.close()
    }
  }, [])
  useEffect(() => stage.current?.show(graph), [graph])
  useEffect(mark, [chosen, ticked])

  const peerUnder = ({ offsetX, offsetY }: MouseEvent): PeerId | undefined =>
    stage.current?.peerAt(offsetX, offsetY)

  function point(peer: PeerId | undefined): void {
    if (peer === pointed.current) return
    pointed.current = peer
    ref.current!.style.cursor = peer === undefined ? '' : 'pointer'
    mark()
  }

  return (
    <canvas
      ref={ref}
      class="mesh-canvas"
      role="img"
      aria-label={inWords(graph)}
      onMouseMove={(event) => point(peerUnder(event))}
      onMouseLeave={() => point(undefined)}
      onClick={(event) => {
        const peer = peerUnder(event)
        if (event.shiftKey && peer !== undefined) onTick?.(peer)
        else onChoose(peer)
      }}
    />
  )
}

const calm = matchMedia('(prefers-reduced-motion: reduce)')

function inWords({ nodes, links, sides }: Graph): string {
  const off = nodes.filter((node) => standingOf(node) !== 'in-step').length
  const cut = sides > 1 ? `, cut into ${sides} sides` : ''
  const stand = off === 0 ? 'all in step' : `${off} not in step`
  return `Picture of the mesh: ${nodes.length} peers, ${links.length} links${cut}, ${stand}. The list of peers says the same.`
}
