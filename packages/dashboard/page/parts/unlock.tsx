import { useId, useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import { rememberedToken } from '../remembered.js'

/** Whoever can read the file of the token may do what the peer's owner may. */
export function Unlock() {
  const { unlock } = useDesk()
  const id = useId()
  const [typed, setTyped] = useState('')
  return (
    <section class="unlock card">
      <h1>Whose are you?</h1>
      <p>
        This page asks for the token of the peer. It is the content of <code>api.token</code> in the
        peer’s data folder, and stays in this tab alone.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          unlock(typed)
        }}
      >
        <label>
          Token
          <input
            type="password"
            autocomplete="off"
            autofocus
            required
            pattern="[\w\-]+"
            title="letters, digits, - and _"
            aria-describedby={id}
            value={typed}
            onInput={({ currentTarget }) => setTyped(currentTarget.value.trim())}
          />
        </label>
        <button class="main" disabled={typed === ''}>
          Open
        </button>
      </form>
      <p id={id} class="dim" role="status">
        {rememberedToken() !== undefined && 'That is not the token of this peer: look again.'}
      </p>
    </section>
  )
}
