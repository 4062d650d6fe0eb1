import { useComputed } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ReleaseInfo } from '@grapevine/peer'
import { useDesk } from '../context.js'
import type { KeyRow } from '../desk.js'
import { Rollback } from '../releases/rollback.js'
import { hashOf } from '../route.js'
import { Conflict } from './conflict.js'
import { draftsOf, typedFor } from './drafts.js'
import type { Base, Typed } from './drafts.js'
import { Editor } from './editor.js'
import { Facts } from './facts.js'
import { History } from './history.js'
import { NoValue } from './no-value.js'
import { proposalFor } from './proposal.js'
import type { Proposal } from './proposal.js'
import { Review } from './review.js'
import { sealedIn } from './sealed.js'
import { ShownValue } from './shown-value.js'
import { useAsked } from '../use-asked.js'
import { WhyFold } from './why-fold.js'

/** A key: what it shows, who wrote it, what it was before, and what it shall be. */
export function KeyPage({ name }: { name: string }) {
  const desk = useDesk()
  const drafts = draftsOf(desk)
  const [asked, setAsked] = useState<Reviewed | undefined>(undefined)
  const [undone, setUndone] = useState<ReleaseInfo | undefined>(undefined)
  const client = desk.client.value
  // Drawn again when this key is another, and not for each.
  const row = useComputed(() => desk.keys.value.rows.get(name)).value
  const now: Base = { value: row?.value, version: row?.version ?? null }
  const versions = useAsked(async () => client.history(name), [client, name, now.version])
  const entry = desk.conflicts.value.get(name)
  // The sides are asked for a moment later than the value is told.
  const conflict = entry?.version === now.version ? entry : undefined
  const isInConflict = conflict !== undefined
  const typed = drafts.all.value.get(name)
  const canEdit = desk.connection.value === 'open' && typed === undefined

  const begin = (value = now.value): void => drafts.put(typedFor(name, now, value))
  const propose = (value: Base['value'], from?: Typed): void =>
    setAsked({
      proposal: proposalFor({ key: name, base: from?.base ?? now, value, isInConflict }),
      typed: from,
    })
  function written(): void {
    setAsked(undefined)
    // Only what was written is over: whoever typed on has typed something else.
    if (asked?.typed === drafts.all.peek().get(name)) drafts.drop(name)
  }

  return (
    <article class="keys-page" aria-labelledby="keys-title">
      <Head
        name={name}
        row={row}
        canEdit={canEdit}
        onEdit={begin}
        onRemove={() => propose(undefined)}
      />
      {typed !== undefined && (
        <Editor
          typed={typed}
          now={now}
          isInConflict={isInConflict}
          onReview={(value) => propose(value, typed)}
        />
      )}
      {row === undefined && (
        <NoValue name={name} versions={versions.answer} typed={typed} onSet={begin} />
      )}
      {conflict !== undefined && <Conflict entry={conflict} canEdit={canEdit} onEdit={begin} />}
      {row !== undefined && conflict === undefined && <Shown row={row} />}
      {row !== undefined && <Facts row={row} />}
      <History
        asked={versions}
        shownBy={row?.release?.id}
        canReturn={canEdit}
        onReturn={(value) => propose(value)}
        onRollback={setUndone}
      />
      {(versions.answer ?? []).length > 0 && <WhyFold name={name} version={now.version} />}
      {undone !== undefined && <Rollback release={undone} onClose={() => setUndone(undefined)} />}
      {asked !== undefined && (
        <Review proposal={asked.proposal} onClose={() => setAsked(undefined)} onWritten={written} />
      )}
    </article>
  )
}

/** What is looked at before it is written, and what was typed for it, if anything was. */
interface Reviewed {
  readonly proposal: Proposal
  readonly typed: Typed | undefined
}

interface HeadProps {
  readonly name: string
  readonly row: KeyRow | undefined
  readonly canEdit: boolean
  readonly onEdit: () => void
  readonly onRemove: () => void
}

function Head({ name, row, canEdit, onEdit, onRemove }: HeadProps) {
  return (
    <header class="keys-head">
      <a class="keys-back" href={hashOf('keys')}>
        ‹ Keys
      </a>
      <KeyTitle name={name} />
      {row !== undefined && (
        <div class="actions">
          <button disabled={!canEdit || sealedIn(row.value) !== undefined} onClick={() => onEdit()}>
            Edit
          </button>
          <button class="danger" disabled={!canEdit} onClick={onRemove}>
            Remove
          </button>
        </div>
      )}
    </header>
  )
}

/** The folders before it are quieter than its own name. */
function KeyTitle({ name }: { name: string }) {
  const ref = useRef<HTMLHeadingElement>(null)
  // On a narrow screen it takes the place of the list, and so of what had the focus.
  useEffect(() => {
    const list = document.querySelector('.keys-list')
    if (list !== null && list.getClientRects().length === 0) ref.current?.focus()
  }, [])
  const cut = name.lastIndexOf('/') + 1
  return (
    <h1 ref={ref} id="keys-title" class="mono" tabIndex={-1}>
      <span class="dim">{name.slice(0, cut)}</span>
      {name.slice(cut)}
    </h1>
  )
}

/** A value that is another one than when it was first looked at flashes when it comes. */
function Shown({ row: { value, version } }: { row: KeyRow }) {
  const [first] = useState(version)
  return (
    <div key={version} class={`keys-value card${version === first ? '' : ' fresh'}`}>
      {value !== undefined && <ShownValue value={value} />}
    </div>
  )
}
