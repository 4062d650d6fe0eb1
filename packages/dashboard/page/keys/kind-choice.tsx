import { useDesk } from '../context.js'
import { draftsOf } from './drafts.js'
import type { Typed } from './drafts.js'
import { kindNames } from './value-names.js'
import { kinds, textAs } from './value-text.js'
import type { Kind } from './value-text.js'

/** A value keeps its type unless somebody says otherwise here. */
export function KindChoice({ typed }: { typed: Typed }) {
  const desk = useDesk()
  const { kind, text } = typed
  return (
    <label class="keys-kind">
      Type
      <select
        value={kind}
        disabled={desk.connection.value !== 'open'}
        onChange={({ currentTarget }) => {
          const to = currentTarget.value as Kind
          draftsOf(desk).put({ ...typed, kind: to, text: textAs(text, kind, to) })
        }}
      >
        {kinds.map((name) => (
          <option key={name} value={name}>
            {name === 'bytes' ? `${kindNames.bytes}, as base64` : kindNames[name]}
          </option>
        ))}
      </select>
    </label>
  )
}

export function BooleanChoice({ typed }: { typed: Typed }) {
  const desk = useDesk()
  return (
    <fieldset class="keys-boolean" disabled={desk.connection.value !== 'open'}>
      <legend class="unseen">Value of {typed.key}</legend>
      {['true', 'false'].map((word) => (
        <label key={word}>
          <input
            type="radio"
            name="keys-boolean"
            checked={typed.text === word}
            onChange={() => draftsOf(desk).put({ ...typed, text: word })}
          />
          <span class="mono">{word}</span>
        </label>
      ))}
    </fieldset>
  )
}
