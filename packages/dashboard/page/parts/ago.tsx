import { computed } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { useDesk } from '../context.js'
import { ageInWords, spanInWords } from '../in-words.js'

/** How long ago something was; the whole time for whoever points at it. `isShort`: its column says that it is an age. */
export function Ago({ at, isShort = false }: { at: number; isShort?: boolean }) {
  const { now } = useDesk()
  // There may be hundreds: each is drawn again when its words are others, and not each second.
  const says = useMemo(
    () =>
      computed(() =>
        isShort ? (spanInWords(now.value - at) ?? 'now') : ageInWords(now.value - at),
      ),
    [at, isShort],
  )
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {says.value}
    </time>
  )
}
