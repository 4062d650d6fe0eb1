import { lstat } from 'node:fs/promises'
import type { PeerClient } from '@grapevine/api/client'
import type { Member, Notice, Status } from '@grapevine/peer'
import { onOneLine } from '../shown/shown-value.js'
import { sightInWords, silentIn } from '../shown/sight.js'
import { spanOf } from '../shown/spans.js'
import { timeOf } from '../shown/times.js'
import { examineClock } from './clock.js'
import { ill, well } from './finding.js'
import type { Finding } from './finding.js'

interface Patient {
  readonly client: Pick<PeerClient, 'status' | 'peers' | 'notices'>
  /** Of the one that runs; undefined: it was opened for this look alone. */
  readonly socket: string | undefined
  /** Where it shall listen, as the settings say. */
  readonly listen: readonly string[]
}

/** What a peer says of itself and of the others. */
export async function examinePeer({
  client,
  socket,
  listen,
}: Patient): Promise<readonly Finding[]> {
  const [status, members] = [await client.status(), await client.peers()]
  const nowMs = Date.now()
  return [
    ...(socket === undefined ? [] : [await examineSocket(socket)]),
    ...examineStore(status),
    ...examineClock(members),
    ...examineBadge(status, nowMs),
    examineReach(status, socket === undefined ? listen : status.addresses),
    examineSight(members, nowMs),
    ...examineNotices(await client.notices(), nowMs),
  ]
}

async function examineSocket(socket: string): Promise<Finding> {
  const { mode } = await lstat(socket)
  return (mode & 0o077) === 0
    ? well('socket', `a peer answers at ${socket}`)
    : ill(
        'fail',
        'socket',
        `${socket} is open to others (${(mode & 0o777).toString(8)})`,
        `chmod 600 ${socket}`,
      )
}

export function examineStore({
  store,
  storeError,
  early,
  forked,
  waiting,
}: Status): readonly Finding[] {
  const findings: Finding[] = []
  if (store === 'failed') {
    findings.push(
      ill(
        'fail',
        'store',
        `nothing can be written: ${onOneLine(storeError ?? 'the disk failed')}`,
        'look at the disk (dmesg), then start the peer again',
      ),
    )
  }
  if (forked.length > 0) {
    findings.push(
      ill(
        'warn',
        'store',
        `${forked.length} replicas said two things under one number`,
        'somebody runs a copy of a disk: find it, and give one of the two a folder of its own',
      ),
    )
  }
  if (early.length > 0) {
    findings.push(
      ill(
        'warn',
        'store',
        `${early.length} releases carry a stamp from the future, and wait for it`,
        'run grapevine doctor where they were written: a clock is ahead',
      ),
    )
  }
  if (waiting.length > 0) {
    findings.push(
      ill(
        'warn',
        'store',
        `${waiting.length} releases wait for others that are not here yet`,
        'wait until whoever has those is in sight',
      ),
    )
  }
  return findings
}

const soonMs = 14 * 24 * 3_600_000

export function examineBadge(
  { badgeUntil }: Pick<Status, 'badgeUntil'>,
  nowMs: number,
): readonly Finding[] {
  if (badgeUntil === undefined) return []
  const left = badgeUntil - nowMs
  const todo =
    'have an admin run grapevine grant, or start it with --join and a token of an invite for many'
  if (left <= 0)
    return [
      ill(
        'fail',
        'badge',
        `the badge of this peer ended ${timeOf(badgeUntil)}: nobody takes what it writes`,
        todo,
      ),
    ]
  const says = `the badge of this peer ends in ${spanOf(left)}`
  return [left < soonMs ? ill('warn', 'badge', says, todo) : well('badge', says)]
}

const isNear = (address: string): boolean =>
  /^\/ip4\/127\.|^\/ip6\/::1\/|^127\.|^localhost:|^\[::1\]/.test(address)

function examineReach({ badgeUntil }: Status, addresses: readonly string[]): Finding {
  const far = addresses.filter((address) => !isNear(address))
  if (far.length > 0) return well('reach', `others reach it at ${far.join(', ')}`)
  return badgeUntil === undefined
    ? well('reach', 'an open mesh keeps to this machine')
    : ill(
        'warn',
        'reach',
        'no other machine can reach this peer; it can reach them',
        'write listen: [0.0.0.0:7300] into grapevine.yaml, unless that is meant',
      )
}

const namedMax = 5

function examineSight(members: readonly Member[], nowMs: number): Finding {
  const silent = silentIn(members, nowMs)
  const says = sightInWords(members, nowMs)
  if (silent.length === 0) return well('sight', says)
  const named = silent.slice(0, namedMax).map(({ name, heardAt }) => {
    const since = heardAt === undefined ? 'never heard' : `since ${timeOf(heardAt)}`
    return `${onOneLine(name)} (${since})`
  })
  const more = silent.length > namedMax ? ` and ${silent.length - namedMax} more` : ''
  return ill(
    'warn',
    'sight',
    `${says}; silent: ${named.join(', ')}${more}`,
    'see whether they run; one that is gone for good: grapevine revoke',
  )
}

const lateMs = 24 * 3_600_000

/** What was told within a day, and still may be so. */
export function examineNotices(
  notices: readonly (Notice & { readonly at: number })[],
  nowMs: number,
): readonly Finding[] {
  const late = notices.filter(({ at }) => nowMs - at <= lateMs)
  // Told again and again, it is still one thing.
  const last = new Map(late.map((one) => [one.text, one]))
  const shown = [...last.values()].slice(-namedMax)
  return shown.map(({ notice, text, at }) =>
    ill(
      'warn',
      'notice',
      `${timeOf(at)} ${notice}: ${onOneLine(text)}`,
      'the peer said so itself; it is kept for a day',
    ),
  )
}
