import type { PeerId } from '@grapevine/peer'
import { useRef, useState } from 'preact/hooks'
import type { TargetedKeyboardEvent } from 'preact'
import { movedBy } from '../arrow-keys.js'
import { countOf } from '../in-words.js'
import { hashOf } from '../route.js'
import type { Graph } from './graph.js'
import { routeName } from './graph.js'
import { PeerRow } from './peer-row.js'
import { standingInWords } from './standing.js'

interface Props {
  readonly graph: Graph
  readonly chosen: PeerId | undefined
  readonly ticked: ReadonlySet<PeerId>
  /** Only the lab has peers that something can be done with. */
  readonly onTick: ((peer: PeerId) => void) | undefined
}

/** So many are seen at a glance. */
const unsearchedMax = 12

/** Every peer, and how it stands. One stop for the tab key; the arrows go from peer to peer. */
export function PeerTable({ graph, chosen, ticked, onTick }: Props) {
  const [search, setSearch] = useState('')
  const [current, setCurrent] = useState<PeerId>()
  const body = useRef<HTMLTableSectionElement>(null)
  const { nodes } = graph
  const isLab = onTick !== undefined
  const shown = search === '' ? nodes : nodes.filter((node) => matches(node, search))
  const stop = [current, chosen].find((id) => shown.some((node) => node.id === id)) ?? shown[0]?.id

  function onKeyDown(event: TargetedKeyboardEvent<HTMLElement>): void {
    const at = shown.findIndex(({ id }) => id === stop)
    const to = movedBy(event, at, shown.length)
    const ticks = event.key === ' ' && event.target instanceof HTMLAnchorElement
    if (to === undefined && !ticks) return
    event.preventDefault()
    if (to !== undefined) body.current?.querySelectorAll<HTMLElement>('a')[to]?.focus()
    else if (stop !== undefined) onTick?.(stop)
  }

  return (
    <section class="mesh-peers" aria-label="Peers">
      {nodes.length > unsearchedMax && <PeerSearch found={shown.length} onSearch={setSearch} />}
      <div class="mesh-scroll">
        <table class="mesh-table">
          <thead>
            <tr>
              {isLab && (
                <th scope="col">
                  <span class="unseen">ticked</span>
                </th>
              )}
              {columns.map(([name, isOfLab]) =>
                isOfLab && !isLab ? null : (
                  <th
                    key={name}
                    scope="col"
                    class={name === 'Peer' || name === 'State' ? '' : 'number'}
                  >
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={onKeyDown}>
            {shown.map((node) => (
              <PeerRow
                key={node.id}
                node={node}
                href={hashOf('mesh', routeName(nodes, node))}
                isChosen={node.id === chosen}
                isTicked={ticked.has(node.id)}
                isStop={node.id === stop}
                onFocus={setCurrent}
                onTick={onTick}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

const columns = [
  ['Peer', false],
  ['State', false],
  ['Behind', false],
  ['Links', false],
  ['Heard', false],
  ['Conflicts', true],
  ['Refused', true],
] as const

function PeerSearch({ found, onSearch }: { found: number; onSearch: (text: string) => void }) {
  return (
    <div class="mesh-search">
      <input
        type="search"
        data-search
        aria-label="Search the peers"
        placeholder="Search: a name, stopped, behind …"
        onInput={({ currentTarget }) => onSearch(currentTarget.value.trim().toLowerCase())}
      />
      <span class="dim small" role="status">
        {countOf(found, 'peer')}
      </span>
    </div>
  )
}

const matches = (node: Graph['nodes'][number], search: string): boolean =>
  `${node.number ?? ''} ${node.name} ${standingInWords(node)}`.toLowerCase().includes(search)
