import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Value } from '@grapevine/core'
import type { Entry, ReleaseInfo } from '@grapevine/peer'
import { useDesk } from '../context.js'
import { Ago } from '../parts/ago.js'
import { Author, ReleaseLink } from '../parts/release-link.js'
import { toast, tried } from '../parts/toasts.js'
import { ValueDiff } from './diff-lines.js'
import { sealedIn } from './sealed.js'
import { ShownValue } from './shown-value.js'
import { visible } from './visible.js'

interface ConflictProps {
  readonly entry: Entry
  readonly canEdit: boolean
  /** Begins to type a third value, from this one. */
  readonly onEdit: (value: Value) => void
}

/** Values that were written at the same time: one of them is shown, the others are still there. */
export function Conflict({ entry, canEdit, onEdit }: ConflictProps) {
  const { client } = useDesk()
  const [isWriting, setWriting] = useState(false)
  const { key, value, release, others } = entry
  const sides = [{ value, release }, ...others]

  async function take(chosen: ReleaseInfo): Promise<void> {
    setWriting(true)
    await tried(async () => {
      await client.value.resolve(key, { release: chosen.name }, { ifMatch: entry.version })
      toast('good', `${key} is settled`)
    })
    setWriting(false)
  }

  return (
    <section class="keys-conflict" aria-label="Conflict">
      <p>
        <strong class="warn">{sides.length} values were written at the same time.</strong> The first
        is shown everywhere; the conflict stays until somebody chooses.
      </p>
      <div class="keys-sides">
        {sides.map((side, at) => (
          <Side key={side.release.id} {...side} shown={at === 0 ? undefined : value}>
            <button
              disabled={!canEdit || sealedIn(side.value) !== undefined}
              onClick={() => onEdit(side.value)}
            >
              Edit a third
            </button>
            <button
              class="main"
              disabled={!canEdit || isWriting}
              onClick={() => void take(side.release)}
            >
              Take this one
            </button>
          </Side>
        ))}
      </div>
    </section>
  )
}

interface SideProps {
  readonly value: Value
  readonly release: ReleaseInfo
  /** The value of the side that is shown; undefined: it is this one. */
  readonly shown: Value | undefined
  /** What can be done with it. */
  readonly children: ComponentChildren
}

function Side({ value, release, shown, children }: SideProps) {
  const title = shown === undefined ? 'Shown' : 'Also written'
  return (
    <section class="card keys-side" aria-label={title}>
      <h2 class="small">
        {title} <span class="dim">by</span> <Author release={release} />{' '}
        <span class="dim">
          <Ago at={release.at} />
        </span>{' '}
        <ReleaseLink release={release} />
      </h2>
      {release.message !== undefined && <p class="dim">{visible(release.message)}</p>}
      <div class="keys-value">
        <ShownValue value={value} />
      </div>
      {shown !== undefined && (
        <details open>
          <summary>What it would change</summary>
          <ValueDiff before={shown} after={value} />
        </details>
      )}
      <div class="actions">{children}</div>
    </section>
  )
}
