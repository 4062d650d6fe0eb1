import { useState } from 'preact/hooks'
import type { ReleaseInfo } from '@grapevine/peer'
import { useDesk } from '../context.js'
import { Dialog } from '../parts/dialog.js'
import { useShortName } from '../parts/release-link.js'
import { toast } from '../parts/toasts.js'
import { inWords } from '../problems.js'
import { hashOf } from '../route.js'
import { useAsked } from '../use-asked.js'
import { countOf } from '../in-words.js'
import { returningBy } from './rollback-plan.js'
import { Preview } from './rollback-preview.js'

interface RollbackProps {
  readonly release: ReleaseInfo
  readonly onClose: () => void
  readonly onDone?: (by: ReleaseInfo) => void
}

/** Shows what would return before it does. */
export function Rollback({ release, onClose, onDone }: RollbackProps) {
  const { client, keys, connection } = useDesk()
  const { name } = release
  const peer = client.value
  const { answer: plan, trouble } = useAsked(async () => peer.planRollback(name), [peer, name])
  const short = useShortName()
  const label = short(release)
  const [message, setMessage] = useState('')
  const [isBusy, setBusy] = useState(false)
  const returning = plan && returningBy(plan.draft, (key) => keys.value.rows.get(key)?.value)

  async function rollBack(): Promise<void> {
    setBusy(true)
    try {
      const why = message.trim() === '' ? {} : { message: message.trim() }
      const { published, returned } = await peer.rollback(name, why)
      if (published === undefined) toast('bad', `Nothing of ${label} was left to return`)
      else {
        toast('good', `${countOf(returned.length, 'key')} returned`, {
          href: hashOf('releases', published.name),
          says: `Release ${short(published)}`,
        })
        onDone?.(published)
      }
      onClose()
    } catch (error) {
      toast('bad', inWords(error))
      setBusy(false)
    }
  }

  return (
    <Dialog title={`Roll back ${label}`} onClose={onClose}>
      {trouble !== undefined && <p role="alert">{inWords(trouble)}</p>}
      {trouble === undefined && plan === undefined && (
        <p class="dim">Looking what would return …</p>
      )}
      {plan !== undefined && returning !== undefined && (
        <>
          <Preview plan={plan} returning={returning} label={label} />
          {returning.length > 0 && (
            <Message typed={message} usual={plan.draft.message} onInput={setMessage} />
          )}
        </>
      )}
      <div class="actions">
        <button onClick={onClose}>{returning?.length === 0 ? 'Close' : 'Cancel'}</button>
        <button
          class="main"
          disabled={
            connection.value !== 'open' ||
            isBusy ||
            returning === undefined ||
            returning.length === 0
          }
          onClick={() => void rollBack()}
        >
          {returning === undefined || returning.length === 0
            ? 'Roll back'
            : `Return ${countOf(returning.length, 'key')}`}
        </button>
      </div>
    </Dialog>
  )
}

function Message(props: {
  readonly typed: string
  /** What it says where nothing is typed. */
  readonly usual: string | undefined
  readonly onInput: (message: string) => void
}) {
  return (
    <label class="releases-message">
      Message
      <input
        value={props.typed}
        placeholder={props.usual}
        onInput={({ currentTarget }) => props.onInput(currentTarget.value)}
      />
    </label>
  )
}
