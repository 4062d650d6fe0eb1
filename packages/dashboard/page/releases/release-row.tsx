import { useState } from 'preact/hooks'
import type { ReleaseRow } from '@grapevine/api/page'
import { Ago } from '../parts/ago.js'
import { ReceiptsLine } from '../parts/receipts-bar.js'
import { Author, useShortName } from '../parts/release-link.js'
import { hashOf } from '../route.js'
import { countOf } from '../in-words.js'
import { titleOf } from '../release-names.js'

interface RowProps {
  readonly row: ReleaseRow
  /** It came while somebody looked. */
  readonly isNew: boolean
  readonly isChosen: boolean
  /** The Tab key stops here. */
  readonly isStop: boolean
  readonly onFocus: () => void
}

export function Row({ row, isNew, isChosen, isStop, onFocus }: RowProps) {
  const short = useShortName()
  const [isArriving, setArriving] = useState(isNew)
  const { release } = row
  return (
    <li
      class={`releases-row ${isArriving ? 'is-arriving' : ''}`}
      onAnimationEnd={() => setArriving(false)}
    >
      <a
        href={hashOf('releases', release.name)}
        aria-current={isChosen ? 'true' : undefined}
        tabIndex={isStop ? 0 : -1}
        onFocus={onFocus}
      >
        <span class="releases-what">
          <bdi class="releases-title">{titleOf(row)}</bdi>
          <span class="releases-by dim small">
            <span class="mono">{short(release)}</span>
            <Author release={release} />
            <Ago at={release.at} />
            <span>{countOf(row.changes, 'key')}</span>
          </span>
        </span>
        <ReceiptsLine counts={row} />
        <Missing row={row} />
      </a>
    </li>
  )
}

/** Who does not have it, and why: the first of them. */
function Missing({ row: { refusals, silentPeers, refused, silent } }: { row: ReleaseRow }) {
  const more = refused - refusals.length + silent - silentPeers.length
  if (refused + silent === 0) return null
  return (
    <span class="releases-missing small">
      {refusals.map(({ peer, name, key, reason }) => (
        <span key={peer}>
          <span class="bad">refused</span> <bdi>{name}</bdi>{' '}
          <bdi class="dim">
            {key}: {reason}
          </bdi>
        </span>
      ))}
      {silentPeers.map(({ peer, name, heardAt }) => (
        <span key={peer}>
          <span class="busy">silent</span> <bdi>{name}</bdi>{' '}
          <span class="dim">
            {heardAt === undefined ? 'never heard' : <LastHeard at={heardAt} />}
          </span>
        </span>
      ))}
      {more > 0 && <span class="dim">and {more} more</span>}
    </span>
  )
}

export function LastHeard({ at }: { at: number }) {
  return (
    <>
      last heard <Ago at={at} />
    </>
  )
}
