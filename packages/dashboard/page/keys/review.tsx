import { useState } from 'preact/hooks'
import { MeshError } from '@grapevine/api/page'
import { useDesk } from '../context.js'
import { Dialog } from '../parts/dialog.js'
import { inWords } from '../problems.js'
import { countOf } from '../in-words.js'
import { ValueDiff } from './diff-lines.js'
import type { Proposal } from './proposal.js'
import { Schemas } from './schemas.js'
import { useAsked } from '../use-asked.js'
import { useWriting } from './use-writing.js'
import { typeName } from './value-names.js'
import { askJudges, judgesOf } from './verdicts.js'

interface ReviewProps {
  readonly proposal: Proposal
  readonly onClose: () => void
  readonly onWritten: () => void
}

/** What would change, and what the schemas say of it; then it is written, or not. */
export function Review({ proposal, onClose, onWritten }: ReviewProps) {
  const desk = useDesk()
  const [message, setMessage] = useState('')
  const [isWarned, setWarned] = useState(false)
  const { isWriting, trouble, write } = useWriting(proposal, onWritten)
  const { difference, notes, draft, deed, isDangerous } = proposal
  const asked = useAsked(async () => askJudges(judgesOf(desk), draft), [proposal])
  const isAsked = asked.answer !== undefined || asked.trouble !== undefined
  const against = asked.answer?.against ?? 0
  const canWrite =
    isAsked && !isWriting && !isOvertaken(trouble) && desk.connection.value === 'open'

  function goOn(event: Event): void {
    event.preventDefault()
    if (!canWrite) return
    // A schema is no wall: but nobody shall run into it unawares.
    if (against > 0 && !isWarned) setWarned(true)
    else void write(message)
  }
  const isWrite = (event: KeyboardEvent): boolean =>
    event.key === 'Enter' && (event.ctrlKey || event.metaKey)

  return (
    <Dialog title={proposal.title} onClose={onClose}>
      <form
        class="keys-review"
        onSubmit={goOn}
        onKeyDown={(event) => isWrite(event) && goOn(event)}
      >
        <Shown difference={difference} />
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        <Schemas asked={asked} />
        <MessageField message={message} onInput={setMessage} />
        {trouble !== undefined && <Trouble trouble={trouble} onClose={onClose} />}
        {isWarned && trouble === undefined && <Warning against={against} />}
        <div class="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button class={isDangerous || isWarned ? 'danger' : 'main'} disabled={!canWrite}>
            {isWriting ? 'Writing …' : isWarned ? `${deed} all the same` : deed}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const isOvertaken = (trouble: unknown): boolean =>
  trouble instanceof MeshError && trouble.code === 'IF_MATCH_FAILED'

function Shown({ difference: { before, after } }: Pick<Proposal, 'difference'>) {
  const [was, is] = [typeName(before), typeName(after)]
  return (
    <section class="keys-difference" aria-label="What changes">
      <p class="dim small">{was === is ? is : `${was} → ${is}`}</p>
      <ValueDiff before={before} after={after} />
    </section>
  )
}

function MessageField(props: { message: string; onInput: (message: string) => void }) {
  return (
    <label class="keys-field">
      <span>
        Message <span class="dim small">why, for those who read the history</span>
      </span>
      <input
        value={props.message}
        onInput={({ currentTarget }) => props.onInput(currentTarget.value)}
      />
    </label>
  )
}

const Warning = ({ against }: { against: number }) => (
  <p class="keys-warning" role="alert">
    {countOf(against, 'peer')} would keep {against === 1 ? 'its' : 'their'} old value. Write it all
    the same?
  </p>
)

function Trouble({ trouble, onClose }: { trouble: unknown; onClose: () => void }) {
  if (!isOvertaken(trouble)) {
    return (
      <p class="keys-warning bad" role="alert">
        It was not written: {inWords(trouble)}
      </p>
    )
  }
  return (
    <div class="keys-warning" role="alert">
      <p>It was not written: somebody changed it meanwhile. What you typed is kept.</p>
      <button type="button" onClick={onClose}>
        Look at the new value
      </button>
    </div>
  )
}
