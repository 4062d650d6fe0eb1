import { useMemo, useState } from 'preact/hooks'
import type { Value } from '@grapevine/core'
import { countOf } from '../in-words.js'
import { hexLines } from './hex.js'
import { jsonPieces } from './json-pieces.js'
import { sealedIn } from './sealed.js'
import type { SealedFacts } from './sealed.js'
import { sizeOf } from './value-names.js'
import { prettyJson } from './value-text.js'
import { visible } from './visible.js'

/** A value as one wants to read it. Whatever it holds is text, and nothing else. */
export function ShownValue({ value }: { value: Value }) {
  if (typeof value === 'string') return <LongText text={value} isQuoted={value.trim() === ''} />
  if (value instanceof Uint8Array) {
    return (
      <>
        <p class="dim small">{sizeOf(value)}</p>
        <pre class="keys-hex">{hexLines(value, 512).join('\n')}</pre>
      </>
    )
  }
  const sealed = sealedIn(value)
  if (sealed !== undefined) return <Sealed facts={sealed} />
  return <Json value={value} />
}

function Json({ value }: { value: Value }) {
  const pieces = useMemo(() => jsonPieces(visible(prettyJson(value))), [value])
  return (
    <pre>
      {pieces.map(({ is, text }, at) =>
        is === 'plain' ? (
          text
        ) : (
          <span key={at} class={`keys-json-${is}`}>
            {text}
          </span>
        ),
      )}
    </pre>
  )
}

const shownLetters = 20_000

function LongText({ text, isQuoted }: { text: string; isQuoted: boolean }) {
  const [isWhole, setWhole] = useState(false)
  if (isQuoted) return <pre class="dim">{JSON.stringify(text)}</pre>
  const isCut = !isWhole && text.length > shownLetters
  return (
    <>
      <pre>{visible(isCut ? text.slice(0, shownLetters) : text)}</pre>
      {isCut && (
        <button class="quiet" onClick={() => setWhole(true)}>
          Show all {countOf(text.length, 'character')}
        </button>
      )}
    </>
  )
}

function Sealed({ facts: { holds, isForMembers, recipients, bytes } }: { facts: SealedFacts }) {
  const names = recipients.flatMap((name) => name ?? [])
  return (
    <div>
      <p>
        A sealed {holds}, {sizeOf({ length: bytes })} as it lies here.
      </p>
      <p class="dim small">
        {isForMembers ? 'For all members there were: ' : 'For '}
        {names.length > 0 ? visible(names.join(', ')) : countOf(recipients.length, 'recipient')}.
        Only they can open it; change it with <code>grapevine set --secret</code>.
      </p>
    </div>
  )
}
