import { batch, signal } from '@preact/signals'
import type { Figures, LiveEvent, ReleaseRow } from '@grapevine/api/page'
import type { Change, Entry, Member, Notice, PeerId, Status } from '@grapevine/peer'
import type { KeyRow, KeyTable } from './desk.js'
import { merged } from './release-rows.js'

const releasesMax = 500
const figuresMax = 900
const noticesMax = 200

type Told = Notice & { readonly at: number }

/** All that one peer has told, as signals. */
export function heardSoFar() {
  return {
    status: signal<Status | undefined>(undefined),
    members: signal<ReadonlyMap<PeerId, Member>>(new Map()),
    keys: signal<KeyTable>({ rows: new Map(), changed: undefined, isThere: false }),
    conflicts: signal<ReadonlyMap<string, Entry>>(new Map()),
    releases: signal<readonly ReleaseRow[]>([]),
    figures: signal<readonly Figures[]>([]),
    notices: signal<readonly Told[]>([]),
  }
}

export type Heard = ReturnType<typeof heardSoFar>

/** What one event of the stream changes. Arrivals pass by: nothing here remembers them. */
export function hear(heard: Heard, live: LiveEvent): void {
  switch (live.event) {
    case 'state':
      heard.keys.value = { rows: put(new Map(), live.changes), changed: undefined, isThere: true }
      break
    case 'change':
      heard.keys.value = {
        rows: put(heard.keys.value.rows as Map<string, KeyRow>, live.changes),
        changed: new Set(live.changes.map(({ key }) => key)),
        isThere: true,
      }
      break
    case 'status':
      heard.status.value = live.status
      break
    case 'members':
      heard.members.value = membersWith(heard.members.value, live)
      break
    case 'releases':
      heard.releases.value = merged(heard.releases.value, live.releases).slice(0, releasesMax)
      break
    case 'figures':
      heard.figures.value = [...heard.figures.value.slice(1 - figuresMax), live.figures]
      break
    case 'notices':
      heard.notices.value = noticesWith(heard.notices.value, live.notices)
      break
    case 'arrivals':
    case 'alive':
      break
  }
}

/** What another peer had said does not count for this one. */
export function forget(heard: Heard): void {
  const fresh = heardSoFar()
  batch(() => {
    for (const [name, { value }] of Object.entries(fresh)) {
      heard[name as keyof Heard].value = value as never
    }
  })
}

/** In place: thousands of keys are not copied for one that changed. */
function put(rows: Map<string, KeyRow>, changes: readonly Change[]): Map<string, KeyRow> {
  for (const { key, value, version, release } of changes) {
    if (value === undefined) rows.delete(key)
    else rows.set(key, { key, value, version, release })
  }
  return rows
}

function membersWith(
  known: ReadonlyMap<PeerId, Member>,
  { isAll, members, gone }: Extract<LiveEvent, { event: 'members' }>,
): ReadonlyMap<PeerId, Member> {
  const all = new Map(isAll ? [] : known)
  for (const peer of gone) all.delete(peer)
  for (const member of members) all.set(member.peer, member)
  return all
}

/** A line that was opened again brings the last ones once more. */
function noticesWith(known: readonly Told[], told: readonly Told[]): readonly Told[] {
  const isKnown = ({ at, text }: Told): boolean =>
    known.some((one) => one.at === at && one.text === text)
  return [...told.filter((one) => !isKnown(one)).toReversed(), ...known].slice(0, noticesMax)
}
