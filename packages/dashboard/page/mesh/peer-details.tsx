import type { Member } from '@grapevine/peer'
import type { ComponentChildren } from 'preact'
import { useDesk } from '../context.js'
import type { LabPeer } from '../lab-wire.js'
import { Ago } from '../parts/ago.js'
import { hashOf } from '../route.js'
import type { Graph, MeshNode } from './graph.js'
import { routeName } from './graph.js'
import { LackingList } from './lacking-list.js'
import { PeerDeeds } from './peer-deeds.js'
import { PeerMark } from './peer-mark.js'
import { standingInWords, standingOf } from './standing.js'

/** One peer, with all that is known of it. */
export function PeerDetails({ node, graph }: { node: MeshNode; graph: Graph }) {
  const { members, lab, status } = useDesk()
  const member = members.value.get(node.id)
  const inLab = lab?.state.value?.peers.find(({ peer }) => peer === node.id)
  return (
    <section class="card mesh-details" aria-label={`Peer ${node.name}`}>
      <header>
        <PeerMark standing={standingOf(node)} />
        <h2>{node.name}</h2>
        <span class="dim">{standingInWords(node)}</span>
        <a class="mesh-close" href={hashOf('mesh')} aria-label="Close" title="Close (Esc)">
          ×
        </a>
      </header>
      {inLab !== undefined && <PeerDeeds peer={inLab} />}
      <dl class="mesh-facts">
        <Facts node={node} member={member} inLab={inLab} />
        {node.isThrough && status.value !== undefined && (
          <Fact name="Keys">
            {status.value.keys}, as replica {status.value.replica.slice(0, 8)}
          </Fact>
        )}
        <Fact name="Links">
          <Neighbours node={node} graph={graph} />
        </Fact>
      </dl>
      <LackingList node={node} />
    </section>
  )
}

function Facts(props: {
  readonly node: MeshNode
  readonly member: Member | undefined
  readonly inLab: LabPeer | undefined
}) {
  const { node, member, inLab } = props
  const labels = [...(member?.labels ?? [])]
  const addresses = inLab?.addresses ?? member?.addresses ?? []
  return (
    <>
      <Fact name="Heard">
        {node.isThrough ? 'it speaks for itself' : <Heard at={node.heardAt} />}
      </Fact>
      {inLab !== undefined && <Fact name="Process">{inLab.pid ?? 'none'}</Fact>}
      {member?.software !== undefined && <Fact name="Software">{member.software}</Fact>}
      {addresses.length > 0 && (
        <Fact name="Addresses">
          {addresses.map((address) => (
            <code key={address}>{address}</code>
          ))}
        </Fact>
      )}
      {labels.length > 0 && (
        <Fact name="Labels">
          {labels.map(([name, text]) => (
            <code key={name}>
              {name}={text}
            </code>
          ))}
        </Fact>
      )}
      {member?.clockAheadMs !== undefined && (
        <Fact name="Clock">{clockInWords(member.clockAheadMs)}</Fact>
      )}
      {member?.badge !== undefined && <Rights badge={member.badge} />}
      <Fact name="Id">
        <code>{node.id}</code>
      </Fact>
    </>
  )
}

const Heard = ({ at }: { at: number | undefined }) =>
  at === undefined ? (
    <>never, as far as this peer knows</>
  ) : (
    <>
      <Ago at={at} /> <span class="dim">({new Date(at).toLocaleString()})</span>
    </>
  )

function Rights({ badge: { grants, until } }: { badge: NonNullable<Member['badge']> }) {
  return (
    <>
      <Fact name="May">
        {grants.length === 0
          ? 'read everything, write nothing'
          : grants.map(({ prefix, can }) => (
              <code key={`${can} ${prefix}`}>
                {can} {prefix === '' ? 'everything' : `${prefix}**`}
              </code>
            ))}
      </Fact>
      <Fact name="Member until">{new Date(until).toLocaleString()}</Fact>
    </>
  )
}

/** Those it has a line to, each a way to go on. */
function Neighbours({ node, graph: { nodes, links } }: { node: MeshNode; graph: Graph }) {
  const others = links.flatMap(({ from, to }) =>
    from === node.id ? [to] : to === node.id ? [from] : [],
  )
  const linked = nodes.filter(({ id }) => others.includes(id))
  if (linked.length === 0) return <>{node.links === 0 ? 'none' : 'not known from here'}</>
  return (
    <>
      {linked.map((other) => (
        <a key={other.id} href={hashOf('mesh', routeName(nodes, other))}>
          {other.name}
        </a>
      ))}
    </>
  )
}

/** Less than this is what the way takes. */
const exactMs = 2_000

function clockInWords(ms: number): string {
  const seconds = (Math.abs(ms) / 1_000).toLocaleString(undefined, { maximumFractionDigits: 1 })
  if (Math.abs(ms) < exactMs) return 'as here'
  return `${seconds} s ${ms > 0 ? 'ahead of' : 'behind'} the one here`
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
