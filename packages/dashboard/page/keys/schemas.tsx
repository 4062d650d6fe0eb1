import { inWords } from '../problems.js'
import { countOf } from '../in-words.js'
import type { Asked } from '../use-asked.js'
import type { Verdicts } from './verdicts.js'
import { visible } from './visible.js'

/** What the schemas of those who read the key say of its new value. */
export function Schemas({ asked: { answer, trouble } }: { asked: Asked<Verdicts> }) {
  if (trouble !== undefined) {
    return <p class="bad">The schemas could not be asked: {inWords(trouble)}</p>
  }
  if (answer === undefined) return <p class="dim">Asking the schemas …</p>
  const { asked, against, reasons, unheard } = answer
  return (
    <section class="keys-schemas" aria-label="What the schemas say">
      {reasons.length === 0 ? (
        <p class="good">
          {asked === 1 ? 'No schema of this peer' : `No schema of ${asked} peers`} objects.
        </p>
      ) : (
        <p class="bad">
          {countOf(against, 'peer')} of {asked} would refuse this.
        </p>
      )}
      <ul>
        {reasons.map(({ key, reason, peers }) => (
          <li key={`${key} ${reason}`}>
            <span class="mono">{key}</span>: {visible(reason)}{' '}
            <bdi class="dim">({peers.join(', ')})</bdi>
          </li>
        ))}
      </ul>
      {unheard.length > 0 && <p class="dim">Did not answer: {unheard.join(', ')}</p>}
    </section>
  )
}
