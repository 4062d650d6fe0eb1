import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Value } from '@grapevine/core'
import { useDesk } from '../context.js'
import { Dialog } from '../parts/dialog.js'
import { isSame } from './canonical.js'
import { ValueDiff } from './diff-lines.js'
import { draftsOf, isTouched, readTyped } from './drafts.js'
import type { Base, Drafts, Typed } from './drafts.js'
import { BooleanChoice, KindChoice } from './kind-choice.js'

interface EditorProps {
  readonly typed: Typed
  /** What the key shows now: another version than that which the typing began with is told. */
  readonly now: Base
  readonly isInConflict: boolean
  readonly onReview: (value: Value) => void
}

/** A value while it is typed. What is typed is kept by the desk, so nothing here can lose it. */
export function Editor({ typed, now, isInConflict, onReview }: EditorProps) {
  const desk = useDesk()
  const drafts = draftsOf(desk)
  const [isAsking, setAsking] = useState(false)
  const form = useFocus(drafts, typed.key)
  useLeaving(typed)
  const { key, base } = typed
  const isOpen = desk.connection.value === 'open'
  const read = readTyped(typed)
  const isUnchanged =
    read.isValid && base.value !== undefined && !isInConflict && isSame(read.value, base.value)
  const fault = read.isValid ? undefined : read.why

  const leave = (): void => (isTouched(typed) ? setAsking(true) : drafts.drop(key))
  const review = (): void => {
    if (read.isValid && !isUnchanged && isOpen) onReview(read.value)
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') leave()
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) review()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <>
      <section ref={form} class="keys-editor card" aria-label="Edit" onKeyDown={onKeyDown}>
        <KindChoice typed={typed} />
        <ValueBox typed={typed} fault={fault} />
        <p id="keys-fault" class={`small ${read.isValid ? 'dim' : 'bad'}`} aria-live="polite">
          {fault ?? (isUnchanged ? 'The value is the same.' : '')}
        </p>
        {now.version !== base.version && <Overtaken typed={typed} now={now} />}
        <div class="actions">
          <span class="dim small">Ctrl+Enter reviews, Escape leaves</span>
          <button onClick={leave}>Leave</button>
          <button class="main" disabled={!read.isValid || isUnchanged || !isOpen} onClick={review}>
            Review
          </button>
        </div>
      </section>
      {isAsking && <LeaveQuestion name={key} onStay={() => setAsking(false)} />}
    </>
  )
}

function ValueBox({ typed, fault }: { typed: Typed; fault: string | undefined }) {
  const desk = useDesk()
  const { key, kind, text } = typed
  if (kind === 'boolean') return <BooleanChoice typed={typed} />
  const rows = kind === 'number' ? 1 : Math.min(24, Math.max(4, text.split('\n').length + 1))
  return (
    <textarea
      class="mono"
      rows={rows}
      spellcheck={kind === 'text'}
      aria-label={`Value of ${key}`}
      aria-invalid={fault !== undefined}
      aria-describedby="keys-fault"
      readOnly={desk.connection.value !== 'open'}
      value={text}
      onInput={({ currentTarget }) => draftsOf(desk).put({ ...typed, text: currentTarget.value })}
    />
  )
}

/** Somebody was faster: nothing is lost on either side. */
function Overtaken({ typed, now }: { typed: Typed; now: Base }) {
  const drafts = draftsOf(useDesk())
  return (
    <div class="keys-warning" role="alert">
      <p>
        {now.value === undefined ? 'Somebody removed it' : 'Somebody changed it'} while you typed:
      </p>
      <ValueDiff before={typed.base.value} after={now.value} />
      <div class="actions">
        <button onClick={() => drafts.drop(typed.key)}>Take the new one</button>
        <button onClick={() => drafts.put({ ...typed, base: now })}>Keep what I typed</button>
      </div>
    </div>
  )
}

function LeaveQuestion({ name, onStay }: { name: string; onStay: () => void }) {
  const drafts = draftsOf(useDesk())
  return (
    <Dialog title="Throw away what you typed?" onClose={onStay}>
      <p>
        The new value of <span class="mono">{name}</span> was not published.
      </p>
      <div class="actions">
        <button onClick={onStay}>Keep typing</button>
        <button class="danger" onClick={() => drafts.drop(name)}>
          Throw away
        </button>
      </div>
    </Dialog>
  )
}

/** Into the editor when it opens, and to the name of the key when it goes. */
function useFocus(drafts: Drafts, key: string): { readonly current: HTMLElement | null } {
  const form = useRef<HTMLElement>(null)
  // Before anything else can be typed.
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>('textarea, input:checked')?.focus()
    return () => {
      // By then a question about it is gone, too.
      setTimeout(() => {
        if (document.activeElement === document.body) document.getElementById('keys-title')?.focus()
      })
      // Whoever only looked has nothing to come back to.
      const left = drafts.all.peek().get(key)
      if (left !== undefined && !isTouched(left)) drafts.drop(key)
    }
  }, [])
  return form
}

/** Whoever closes the tab is asked, too. */
function useLeaving(typed: Typed): void {
  const isAtStake = isTouched(typed)
  useEffect(() => {
    if (!isAtStake) return
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isAtStake])
}
