import type { ReleaseInfo } from '@grapevine/peer'
import { useDesk } from '../context.js'
import { peerName } from '../release-names.js'

/** What its record says of a release, in full. */
export function Facts({ release }: { release: ReleaseInfo }) {
  const members = useDesk().members.value
  const { author, authorName, relay, at, stamp, id, requestId, name } = release
  return (
    <section>
      <h3>Its record</h3>
      <dl class="releases-facts">
        <dt>Author</dt>
        <dd>
          <bdi>{authorName ?? peerName(author, members)}</bdi>{' '}
          <span class="mono dim">{author}</span>
        </dd>
        <dt>Through</dt>
        <dd>
          <bdi>{peerName(relay, members)}</bdi> <span class="mono dim">{relay}</span>
        </dd>
        <dt>Written</dt>
        <dd>{new Date(at).toLocaleString()}</dd>
        <dt>Stamp</dt>
        <dd class="mono">{`${stamp.ms}.${stamp.counter}`}</dd>
        <dt>Name</dt>
        <dd class="mono">{name}</dd>
        <dt>Id</dt>
        <dd class="mono">{id}</dd>
        {requestId !== undefined && (
          <>
            <dt>Request</dt>
            <dd class="mono">
              <bdi>{requestId}</bdi>
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}
