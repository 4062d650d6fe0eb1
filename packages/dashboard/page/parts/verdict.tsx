import { useDesk } from '../context.js'
import { verdictOf } from '../verdict.js'

/** The answer that one came for, in a sentence. */
export function Verdict() {
  const { connection, status, lab } = useDesk()
  const { tone, says } = verdictOf({
    connection: connection.value,
    status: status.value,
    lab: lab?.state.value,
    through: lab?.through.value,
  })
  return (
    <p class={`verdict ${tone}`} role="status">
      <span class="lamp" aria-hidden="true" />
      <span class="verdict-says" title={says}>
        {says}
      </span>
    </p>
  )
}
