import type { Version } from '@grapevine/peer'
import { useDesk } from '../context.js'
import { Ago } from '../parts/ago.js'
import { Empty } from '../parts/empty.js'
import { countOf } from '../in-words.js'
import { go } from '../route.js'
import type { Typed } from './drafts.js'
import { Author, ReleaseLink } from '../parts/release-link.js'

interface NoValueProps {
  readonly name: string
  /** undefined: not known yet. */
  readonly versions: readonly Version[] | undefined
  readonly typed: Typed | undefined
  readonly onSet: () => void
}

/** A key without a value: never set, removed, or only the beginning of others. */
export function NoValue({ name, versions, typed, onSet }: NoValueProps) {
  const { connection, keys } = useDesk()
  const last = versions?.at(-1)
  const below = Array.from(keys.value.rows.keys()).filter((key) => key.startsWith(`${name}/`))
  if (last?.value === undefined && last !== undefined) {
    return (
      <p class="card">
        It has no value any more: <Author release={last.release} /> removed it{' '}
        <Ago at={last.release.at} /> with <ReleaseLink release={last.release} />.
      </p>
    )
  }
  if (typed !== undefined) return null
  return (
    <Empty title="There is no such key">
      {below.length > 0 && <p>{countOf(below.length, 'key')} begin with it:</p>}
      {below.slice(0, 12).map((key) => (
        <button key={key} class="quiet mono" onClick={() => go('keys', key)}>
          {key}
        </button>
      ))}
      <button disabled={connection.value !== 'open'} onClick={() => onSet()}>
        Set it
      </button>
    </Empty>
  )
}
