import type { PeerId } from '@grapevine/peer'
import { Ago } from '../parts/ago.js'
import type { MeshNode } from './graph.js'
import { PeerMark } from './peer-mark.js'
import { standingOf } from './standing.js'
import type { Standing } from './standing.js'

interface Props {
  readonly node: MeshNode
  readonly href: string
  readonly isChosen: boolean
  readonly isTicked: boolean
  /** The tab key stops at it. */
  readonly isStop: boolean
  readonly onFocus: (peer: PeerId) => void
  readonly onTick: ((peer: PeerId) => void) | undefined
}

export function PeerRow({ node, href, isChosen, isTicked, isStop, onFocus, onTick }: Props) {
  const { id, name, number, state } = node
  const standing = standingOf(node)
  const isLab = onTick !== undefined
  return (
    <tr class={isChosen ? 'is-chosen' : ''}>
      {isLab && (
        <td>
          <input
            type="checkbox"
            aria-label={`Tick ${name}`}
            tabIndex={-1}
            checked={isTicked}
            onChange={() => onTick(id)}
          />
        </td>
      )}
      <th scope="row">
        <a
          class="mesh-name"
          href={href}
          tabIndex={isStop ? 0 : -1}
          aria-current={isChosen ? 'true' : undefined}
          onFocus={() => onFocus(id)}
        >
          <PeerMark standing={standing} isThrough={node.isThrough} />
          {number !== undefined && <span class="dim">{number}</span>}
          <span class="mesh-says">{name}</span>
          {node.isThrough && <span class="unseen">, looked through</span>}
        </a>
      </th>
      <td class={state === 'running' ? '' : 'dim'}>{state}</td>
      <td class={`number ${tones[standing] ?? 'dim'}`}>{node.behind ?? '–'}</td>
      <td class="number dim">{node.links}</td>
      <td class="number dim">
        {node.isThrough ? (
          'itself'
        ) : node.heardAt === undefined ? (
          '–'
        ) : (
          <Ago at={node.heardAt} isShort />
        )}
      </td>
      {isLab && (
        <>
          <Count of={node.conflicts} />
          <Count of={node.refused} />
        </>
      )}
    </tr>
  )
}

const tones: Partial<Record<Standing, string>> = { behind: 'busy', 'far-behind': 'bad' }

const Count = ({ of = 0 }: { of: number | undefined }) => (
  <td class={`number ${of > 0 ? 'busy' : 'dim'}`}>{of}</td>
)
