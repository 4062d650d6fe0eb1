import { useDesk } from '../context.js'
import { BeforeAfter, KeyLink } from './changes.js'
import { countOf } from '../in-words.js'
import { authorInWords } from '../release-names.js'
import { planInWords } from './rollback-plan.js'
import type { Returning } from './rollback-plan.js'

const shownMax = 50

type Previewed = {
  readonly plan: {
    readonly changedSince: readonly string[]
    readonly unknown: readonly string[]
  }
  readonly returning: readonly Returning[]
  readonly label: string
}

/** What returns, as it is now and as it was; and what does not. */
export function Preview({ plan: { changedSince, unknown }, returning, label }: Previewed) {
  const more = returning.length - shownMax
  return (
    <div class="releases-preview">
      <p>{planInWords({ label, returning, leftAlone: changedSince.length + unknown.length })}</p>
      <ul class="releases-changes">
        {returning.slice(0, shownMax).map(({ key, now, back }) => (
          <li key={key}>
            <KeyLink name={key} />
            <BeforeAfter before={now} after={back} />
          </li>
        ))}
        {more > 0 && <li class="dim">and {countOf(more, 'more key')}</li>}
      </ul>
      <LeftAlone title="Changed since by another release, and left alone" keys={changedSince} />
      <LeftAlone
        title="Left alone, because nobody here knows any more what was there before"
        keys={unknown}
      />
    </div>
  )
}

function LeftAlone({ title, keys }: { title: string; keys: readonly string[] }) {
  const { keys: table, members } = useDesk()
  if (keys.length === 0) return null
  return (
    <section>
      <h3>{title}</h3>
      <ul class="releases-changes">
        {keys.slice(0, shownMax).map((key) => {
          const by = table.value.rows.get(key)?.release
          return (
            <li key={key}>
              <KeyLink name={key} />
              {by !== undefined && (
                <bdi class="dim small">last written by {authorInWords(by, members.value)}</bdi>
              )}
            </li>
          )
        })}
        {keys.length > shownMax && (
          <li class="dim">and {countOf(keys.length - shownMax, 'more key')}</li>
        )}
      </ul>
    </section>
  )
}
