import { useEffect, useMemo } from 'preact/hooks'
import { useDesk } from '../context.js'
import { Empty } from '../parts/empty.js'
import { openPast } from './past.js'
import type { Past } from './past.js'
import { ReleaseDetail } from './release-detail.js'
import { ReleaseList } from './release-list.js'

/** What was written, by whom, and who has it. */
export function ReleasesView({ chosen }: { chosen: string | undefined }) {
  const { connection } = useDesk()
  const past = usePast()
  const isOpen = connection.value === 'open'
  return (
    <>
      <h1 class="unseen">Releases</h1>
      <div class={chosen === undefined ? 'releases' : 'releases has-chosen'} aria-busy={!isOpen}>
        <section class="releases-past" aria-label="Releases, newest first">
          <Listed past={past} chosen={chosen} isOpen={isOpen} />
        </section>
        {chosen !== undefined && <ReleaseDetail key={chosen} name={chosen} />}
      </div>
    </>
  )
}

/** Of the peer that is looked through now. */
function usePast(): Past {
  const { client, releases, connection } = useDesk()
  const peer = client.value
  const past = useMemo(() => openPast(peer, { releases, connection }), [peer, releases, connection])
  useEffect(() => () => past.close(), [past])
  return past
}

type Listing = {
  readonly past: Past
  readonly chosen: string | undefined
  readonly isOpen: boolean
}

function Listed({ past, chosen, isOpen }: Listing) {
  const rows = past.rows.value
  if (rows === undefined) {
    return isOpen && past.trouble.value !== undefined ? (
      <Empty title="The releases did not come">
        <p>{past.trouble.value}</p>
      </Empty>
    ) : (
      <p class="releases-opening dim" role="status">
        Reading what was written …
      </p>
    )
  }
  if (rows.length > 0)
    return <ReleaseList past={past} rows={rows} chosen={chosen} isOpen={isOpen} />
  return (
    <Empty title="Nothing was written yet">
      <p>Each write is a release, and shows up here as soon as it comes to this peer.</p>
      <pre>grapevine set shop/checkout/max-items 12</pre>
    </Empty>
  )
}
