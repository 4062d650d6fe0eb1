import { useState } from 'preact/hooks'
import { checkKey } from '@grapevine/core'
import { useDesk } from '../context.js'
import { Dialog } from '../parts/dialog.js'
import { inWords } from '../problems.js'
import { go } from '../route.js'
import { draftsOf, typedFor } from './drafts.js'

/** The name comes first; its value is typed where all values are. */
export function NewKey({ beside, onClose }: { beside: string; onClose: () => void }) {
  const desk = useDesk()
  const [typed, setTyped] = useState(beside)
  const [isLeft, setLeft] = useState(false)
  const isThere = desk.keys.value.rows.has(typed)
  const fault = isThere ? 'this key is there already' : faultOf(typed)
  return (
    <Dialog title="New key" onClose={onClose}>
      <form
        class="keys-review"
        onSubmit={(event) => {
          event.preventDefault()
          setLeft(true)
          if (fault !== undefined) return
          draftsOf(desk).put(typedFor(typed, { value: undefined, version: null }))
          go('keys', typed)
          onClose()
        }}
      >
        <label class="keys-field">
          <span>
            Key <span class="dim small">such as shop/checkout/limit</span>
          </span>
          <input
            class="mono"
            value={typed}
            autocomplete="off"
            aria-invalid={isLeft && fault !== undefined}
            aria-describedby="keys-name-fault"
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        <p id="keys-name-fault" class="bad small" aria-live="polite">
          {isLeft ? fault : ''}
        </p>
        <div class="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button class="main">Go on</button>
        </div>
      </form>
    </Dialog>
  )
}

function faultOf(typed: string): string | undefined {
  try {
    checkKey(typed)
    return undefined
  } catch (error) {
    return inWords(error)
  }
}
