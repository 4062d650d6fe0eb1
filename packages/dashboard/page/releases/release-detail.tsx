import { useComputed } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ReleaseRow } from '@grapevine/api/page'
import type { Difference, NamedReceipt, ReleaseInfo } from '@grapevine/peer'
import { useDesk } from '../context.js'
import { Ago } from '../parts/ago.js'
import { Empty } from '../parts/empty.js'
import { ReceiptsLine } from '../parts/receipts-bar.js'
import { Author, ReleaseLink, useShortName } from '../parts/release-link.js'
import { inWords } from '../problems.js'
import { countsOf } from '../receipts.js'
import { isCalled, titleOf } from '../release-names.js'
import { hashOf } from '../route.js'
import { useAsked } from '../use-asked.js'
import type { Asked } from '../use-asked.js'
import { Changes } from './changes.js'
import { Receipts } from './receipts.js'
import { Facts } from './release-facts.js'
import { Rollback } from './rollback.js'

/** The stream does not follow releases of long ago. One of its own would hold one of a browser's few connections. */
const askedAgainMs = 5_000

/** All of one release: what it changed, who has it, and the way back. */
export function ReleaseDetail({ name }: { name: string }) {
  const { client, releases, now } = useDesk()
  const peer = client.value
  const row = useComputed(() => releases.value.find(({ release }) => isCalled(release, name))).value
  const turn = useComputed(() => Math.floor(now.value / askedAgainMs)).value
  // It may come while somebody waits for it.
  const isTold = row !== undefined
  const found = useAsked(async () => (await peer.release(name)) ?? null, [peer, name, isTold])
  const receipts = useAsked(async () => peer.receipts(name), [peer, name, row, turn])
  return (
    <article class="releases-detail card" aria-label="The chosen release">
      <a class="releases-back" href={hashOf('releases')}>
        ← All releases
      </a>
      <Found asked={found} receipts={receipts.answer} row={row} />
    </article>
  )
}

interface FoundProps {
  readonly asked: Asked<Omit<ShownProps, 'receipts' | 'row'> | null>
  readonly receipts: readonly NamedReceipt[] | undefined
  readonly row: ReleaseRow | undefined
}

function Found({ asked: { answer, trouble }, ...rest }: FoundProps) {
  if (trouble !== undefined) {
    return (
      <Empty title="This release cannot be shown">
        <p role="alert">{inWords(trouble)}</p>
      </Empty>
    )
  }
  if (answer === undefined) return <p class="dim">Reading the release …</p>
  if (answer !== null) return <Shown {...answer} {...rest} />
  return (
    <Empty title="This release is not known here">
      <p>It has not come to this peer yet, or its record has left the log.</p>
    </Empty>
  )
}

interface ShownProps {
  readonly release: ReleaseInfo
  readonly changes: readonly Difference[]
  readonly receipts: readonly NamedReceipt[] | undefined
  /** What the stream tells of it. */
  readonly row: ReleaseRow | undefined
}

function Shown({ release, changes, receipts, row }: ShownProps) {
  const short = useShortName()
  const count = row?.changes ?? changes.length
  const title = titleOf({ release, keys: changes.map(({ key }) => key), changes: count })
  return (
    <>
      <header class="releases-head">
        <Heading title={title} />
        <p class="releases-by dim">
          <span class="mono">{short(release)}</span>
          <Author release={release} />
          <Ago at={release.at} />
        </p>
        <Undo release={release} />
      </header>
      {receipts !== undefined && (
        <>
          <ReceiptsLine counts={countsOf(receipts)} />
          <Receipts receipts={receipts} release={release} />
        </>
      )}
      <Changes changes={changes} lost={count - changes.length} />
      <Facts release={release} />
    </>
  )
}

/** Where the list gives way to it, whoever reads with a keyboard goes with it. */
function Heading({ title }: { title: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (matchMedia('(width < 60rem)').matches) heading.current?.focus()
  }, [])
  return (
    <h2 class="releases-heading" ref={heading} tabIndex={-1}>
      <bdi>{title}</bdi>
    </h2>
  )
}

function Undo({ release }: { release: ReleaseInfo }) {
  const { connection } = useDesk()
  const [isAsked, setAsked] = useState(false)
  const [by, setBy] = useState<ReleaseInfo | undefined>(undefined)
  return (
    <div class="releases-undo">
      <button class="danger" disabled={connection.value !== 'open'} onClick={() => setAsked(true)}>
        Roll back …
      </button>
      {by !== undefined && (
        <p class="small" role="status">
          Rolled back by <ReleaseLink release={by} />
        </p>
      )}
      {isAsked && <Rollback release={release} onClose={() => setAsked(false)} onDone={setBy} />}
    </div>
  )
}
