import type { PeerId } from '@grapevine/peer'
import { useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import { tried } from '../parts/toasts.js'
import { isRough } from './graph.js'
import { LinesDialog } from './lines-dialog.js'
import { halves } from './numbers.js'

interface Props {
  readonly ticked: ReadonlySet<PeerId>
  readonly onUntick: () => void
}

/** Cuts the mesh, heals it, and makes its lines worse. */
export function LabBar({ ticked, onUntick }: Props) {
  const { lab } = useDesk()
  const [isOpen, setOpen] = useState(false)
  const state = lab?.state.value
  if (lab === undefined || state === undefined) return null
  const chosen = state.peers.filter(({ peer }) => ticked.has(peer)).map(({ number }) => number)
  const others = state.peers.filter(({ peer }) => !ticked.has(peer)).map(({ number }) => number)
  const canCut = chosen.length > 0 && others.length > 0
  const rough = state.lines.filter(isRough).length
  return (
    <div class="mesh-bar" role="toolbar" aria-label="Cut the mesh">
      <button
        class={canCut ? 'main' : ''}
        disabled={!canCut}
        title={canCut ? '' : 'tick peers in the list, or in the picture with Shift and a click'}
        onClick={() =>
          void tried(async () => lab.cut([others, chosen])).then((isDone) => isDone && onUntick())
        }
      >
        {chosen.length === 0 ? 'Cut off the ticked' : `Cut these ${chosen.length} off`}
      </button>
      <button
        disabled={state.peers.length < 2}
        onClick={() => void tried(async () => lab.cut(halves([...others, ...chosen])))}
      >
        Halves
      </button>
      <button
        class={state.groups.length > 1 ? 'main' : ''}
        disabled={state.groups.length < 2}
        onClick={() => void tried(lab.heal)}
      >
        Heal
      </button>
      <button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Slow lines …{rough > 0 && <span class="count warn">{rough}</span>}
      </button>
      {chosen.length > 0 && (
        <button class="quiet" onClick={onUntick}>
          Untick all
        </button>
      )}
      {isOpen && (
        <LinesDialog lab={lab} state={state} chosen={chosen} onClose={() => setOpen(false)} />
      )}
    </div>
  )
}
