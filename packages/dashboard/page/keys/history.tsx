import { useState } from 'preact/hooks'
import type { ReleaseId, Value } from '@grapevine/core'
import type { ReleaseInfo, Version } from '@grapevine/peer'
import { useDesk } from '../context.js'
import { Ago } from '../parts/ago.js'
import { inWords } from '../problems.js'
import { ValueDiff } from './diff-lines.js'
import { Author, ReleaseLink } from '../parts/release-link.js'
import { sealedIn } from './sealed.js'
import type { Asked } from '../use-asked.js'
import { visible } from './visible.js'

interface HistoryProps {
  readonly asked: Asked<readonly Version[]>
  /** Of the value that is shown now. */
  readonly shownBy: ReleaseId | undefined
  /** Nothing is typed that this would overtake. */
  readonly canReturn: boolean
  readonly onReturn: (value: Value) => void
  readonly onRollback: (release: ReleaseInfo) => void
}

const shownFirst = 10

/** What the key was before, newest first, and the ways back. */
export function History({ asked: { answer, trouble }, shownBy, ...ways }: HistoryProps) {
  const [shown, setShown] = useState(shownFirst)
  if (trouble !== undefined)
    return <p class="dim">Its history cannot be told: {inWords(trouble)}</p>
  if (answer === undefined) return <p class="dim">Reading its history …</p>
  if (answer.length === 0) return null
  const versions = answer.toReversed()
  return (
    <section aria-labelledby="keys-history">
      <h2 id="keys-history">History</h2>
      <ol class="keys-history">
        {versions.slice(0, shown).map((version, at) => (
          <Past
            key={version.release.id}
            version={version}
            before={versions[at + 1]?.value}
            isNow={version.release.id === shownBy}
            {...ways}
          />
        ))}
      </ol>
      {shown < versions.length && (
        <button class="quiet" onClick={() => setShown(shown + 4 * shownFirst)}>
          Show older ones ({versions.length - shown})
        </button>
      )}
    </section>
  )
}

interface PastProps extends Omit<HistoryProps, 'asked' | 'shownBy'> {
  readonly version: Version
  readonly before: Value | undefined
  readonly isNow: boolean
}

function Past({ version, before, isNow, canReturn, onReturn, onRollback }: PastProps) {
  const { value, release } = version
  const { connection } = useDesk()
  const isOpen = connection.value === 'open'
  // A secret is sealed for a key and a time: what it was cannot simply be written again.
  const isReturnable = !isNow && sealedIn(value) === undefined
  return (
    <li>
      <p class="keys-by">
        <Author release={release} />
        <span class="dim">
          {value === undefined ? 'removed it' : before === undefined ? 'set it' : 'changed it'}
        </span>
        <span class="dim">
          <Ago at={release.at} />
        </span>
        <ReleaseLink release={release} />
        {isNow && <span class="keys-tag">now</span>}
      </p>
      {release.message !== undefined && <p class="keys-message">{visible(release.message)}</p>}
      <ValueDiff before={before} after={value} linesMax={before === undefined ? 6 : 24} />
      <div class="keys-ways">
        {isReturnable && value !== undefined && (
          <button disabled={!canReturn} onClick={() => onReturn(value)}>
            Return to this value
          </button>
        )}
        <button class="quiet" disabled={!isOpen} onClick={() => onRollback(release)}>
          Roll back the whole release
        </button>
      </div>
    </li>
  )
}
