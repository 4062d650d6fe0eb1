import { batch, computed, effect, signal } from '@preact/signals'
import type { ReadonlySignal } from '@preact/signals'
import type { PeerClient, ReleaseRow } from '@grapevine/api/page'
import type { Desk } from '../desk.js'
import { inWords } from '../problems.js'
import { firstPage, keptMin, pageRows, withOlder, withTold } from './past-rows.js'
import type { PastRows } from './past-rows.js'

/** The releases of one peer, as far back as somebody wants to see them. */
export interface Past {
  /** Newest first; undefined: the peer has not answered yet. */
  readonly rows: ReadonlySignal<readonly ReleaseRow[] | undefined>
  readonly hasOlder: ReadonlySignal<boolean>
  readonly isAsking: ReadonlySignal<boolean>
  /** Why the last page did not come. */
  readonly trouble: ReadonlySignal<string | undefined>
  older(): Promise<void>
  close(): void
}

type Told = Pick<Desk, 'releases' | 'connection'>

/**
 * Each time the line is there again it begins with a page: the stream does not tell of all that was
 * missed. From then on the stream's rows join it.
 */
export function openPast(client: PeerClient, { releases, connection }: Told): Past {
  const kept = signal<PastRows | undefined>(undefined)
  const wanted = signal(pageRows)
  const isAsking = signal(false)
  const trouble = signal<string | undefined>(undefined)
  const closing = new AbortController()
  let isFollowing = false

  async function ask(limit: number, before?: string): Promise<readonly ReleaseRow[] | undefined> {
    isAsking.value = true
    try {
      const page = await client.releases({ limit, before, signal: closing.signal })
      trouble.value = undefined
      return page
    } catch (error) {
      if (!closing.signal.aborted) trouble.value = inWords(error)
      return undefined
    } finally {
      isAsking.value = false
    }
  }

  async function begin(): Promise<void> {
    const limit = Math.min(wanted.peek(), keptMin)
    const page = await ask(limit)
    if (page === undefined) return
    kept.value = withTold(firstPage(page, limit), releases.peek(), wanted.peek())
    isFollowing = true
  }

  async function older(): Promise<void> {
    const { rows, isAll } = kept.value ?? firstPage([])
    wanted.value += pageRows
    if (isAll || rows.length >= wanted.value) return
    const last = rows.at(-1)?.release.name
    const page = await ask(pageRows, last)
    const now = kept.value
    // Where it has begun anew in the meantime, this page would leave a hole.
    if (page === undefined || now?.rows.at(-1)?.release.name !== last) return
    if (now !== undefined) kept.value = withOlder(now, page)
  }

  const isOpen = computed(() => connection.value === 'open')
  const stops = [
    effect(() => {
      isFollowing = false
      if (isOpen.value) void begin()
    }),
    effect(() => {
      const told = releases.value
      const known = kept.peek()
      if (isFollowing && known !== undefined) kept.value = withTold(known, told, wanted.peek())
    }),
  ]

  return {
    rows: computed(() => kept.value?.rows.slice(0, wanted.value)),
    hasOlder: computed(
      () =>
        kept.value !== undefined && (!kept.value.isAll || kept.value.rows.length > wanted.value),
    ),
    isAsking,
    trouble,
    older,
    close() {
      closing.abort()
      batch(() => stops.forEach((stop) => stop()))
    },
  }
}
