import { useState } from 'preact/hooks'
import type { Difference, Value } from '@grapevine/peer'
import { ValueDiff } from '../keys/diff-lines.js'
import { shortJson } from '../keys/value-text.js'
import { hashOf } from '../route.js'
import { countOf } from '../in-words.js'

const shownMax = 50

/** Each key that a release wrote: what its author had seen there, and what it put. */
export function Changes({ changes, lost }: { changes: readonly Difference[]; lost: number }) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? changes : changes.slice(0, shownMax)
  return (
    <section>
      <h3>
        What it changes
        {changes.length > 1 && <span class="dim small">{countOf(changes.length, 'key')}</span>}
      </h3>
      <ul class="releases-changes">
        {shown.map(({ key, before, after }) => (
          <li key={key}>
            <KeyLink name={key} />
            <BeforeAfter before={before} after={after} />
          </li>
        ))}
      </ul>
      {shown.length < changes.length && (
        <button onClick={() => setWhole(true)}>Show all {countOf(changes.length, 'key')}</button>
      )}
      {lost > 0 && (
        <p class="dim small">
          {countOf(lost, 'more key')} it changed {lost === 1 ? 'is' : 'are'} no longer in the log of
          this peer.
        </p>
      )}
    </section>
  )
}

export function KeyLink({ name }: { name: string }) {
  return (
    <a class="mono releases-key" href={hashOf('keys', name)}>
      <bdi>{name}</bdi>
    </a>
  )
}

type Sides = { readonly before: Value | undefined; readonly after: Value | undefined }

/** `10 → 12`; line by line where that is too much for one. */
export function BeforeAfter({ before, after }: Sides) {
  const [was, is] = [before, after].map((value) => (value === undefined ? '' : shortJson(value)))
  if (was === undefined || is === undefined) return <ValueDiff before={before} after={after} />
  return (
    <span class="releases-sides">
      {before !== undefined && (
        <>
          <Side text={was} kind="was" />
          <span class="dim" aria-hidden="true">
            →
          </span>
          <span class="unseen"> becomes </span>
        </>
      )}
      {after === undefined ? <span class="bad small">no value</span> : <Side text={is} kind="is" />}
      {before === undefined && after !== undefined && <span class="dim small">new</span>}
    </span>
  )
}

function Side({ text, kind }: { text: string; kind: 'was' | 'is' }) {
  return (
    <code class={`releases-value ${kind}`}>
      <bdi>{text}</bdi>
    </code>
  )
}
