import { useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import { inWords } from '../problems.js'
import { useAsked } from '../use-asked.js'

/** By whose will and by whose leave it shows this; asked only when somebody wants to know. */
export function WhyFold({ name, version }: { name: string; version: string | null }) {
  const client = useDesk().client.value
  const [isOpen, setOpen] = useState(false)
  const { answer, trouble } = useAsked(
    async () => (isOpen ? client.why(name) : undefined),
    [client, name, version, isOpen],
  )
  return (
    <details class="keys-why" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Why it shows this</summary>
      <pre>{trouble === undefined ? (answer?.text ?? '…') : inWords(trouble)}</pre>
    </details>
  )
}
