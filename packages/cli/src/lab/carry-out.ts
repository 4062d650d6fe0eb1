import { findLab, groupsOf, numbersOf, usualFolder } from '@grapevine/lab/client'
import type { LabClient, LabPeer, LabState, LineWish, PeerDeed } from '@grapevine/lab/client'
import { BadInput, bandwidth, share } from '@grapevine/sim'
import type { Call } from '../call.js'
import { Complaint, misused } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import { harmless } from '../shown/shown-value.js'
import { checkSpan } from '../typed/span.js'
import type { OptionValues } from '../verb.js'
import type { labOptions } from '../verbs/lab.js'
import type { LabAct } from './acts.js'
import { rangesOf } from './ranges.js'

export type LabCall = Call<typeof labOptions>

interface Wanted {
  readonly call: LabCall
  readonly lab: LabClient
  readonly peers: readonly LabPeer[]
  readonly who: readonly string[]
}

/** Does it to the lab that runs, and shows how it is then. */
export async function carryOut(call: LabCall, act: LabAct, who: readonly string[]): Promise<void> {
  const lab = await findLab(usualFolder(call.terminal.env['TMPDIR']))
  if (lab === undefined) {
    throw new Complaint(exitCodes.noPeer, 'NO_PEER', 'no lab of this user runs here', {
      next: 'grapevine lab, in another terminal',
    })
  }
  const { peers } = await lab.state()
  const state = await done(act, { call, lab, peers, who })
  if (call.common.json) return call.json(state)
  if (act === 'status') return showPeers(call, state)
  for (const line of between(state)) call.say(line)
  if (act !== 'cut' && act !== 'heal' && act !== 'slow') {
    for (const number of numbersIn(who, peers.length)) {
      const { name, state: now } = state.peers[number - 1]!
      call.say(`${name} is ${now}`)
    }
  }
}

async function done(act: LabAct, wanted: Wanted): Promise<LabState> {
  const { lab, who, peers } = wanted
  switch (act) {
    case 'status':
    case 'heal':
      if (who.length > 0) throw misused(`${act} is of the whole lab, and takes no peers`)
      return act === 'heal' ? lab.heal() : lab.state()
    case 'cut':
      if (who.length === 0) throw misused('nobody is named', 'grapevine lab cut 1-4 5-8')
      return lab.cut(groupsOf(who, peers.length))
    case 'slow':
      return lab.change(linesOf(wanted))
    default:
      return each(act, wanted)
  }
}

async function each(deed: PeerDeed, { lab, who, peers }: Wanted): Promise<LabState> {
  if (who.length === 0) throw misused('nobody is named', `grapevine lab ${deed} 3`)
  for (const number of numbersIn(who, peers.length)) await lab.carryOut(deed, number)
  return lab.state()
}

const numbersIn = (who: readonly string[], peers: number): readonly number[] => [
  ...new Set(who.flatMap((word) => numbersOf(word, peers))),
]

/** Between two groups, or between one and everybody. */
function linesOf({ call, who, peers }: Wanted): LineWish {
  const [from, to, ...more] = groupsOf(who, peers.length)
  if (from === undefined || more.length > 0) {
    throw misused('slow takes one group or two', 'grapevine lab slow 1-4 5-8 --delay 200ms')
  }
  const air = airOf(call.options)
  if (Object.keys(air).length === 0) {
    throw misused('how slow is not said', 'add --delay 200ms, --loss 5% or --rate 64kB/s')
  }
  return { from, to: to ?? peers.map(({ number }) => number), ...air }
}

function airOf({ delay, loss, rate }: OptionValues<typeof labOptions>): Partial<LineWish> {
  try {
    return {
      ...(delay !== undefined && { delayMs: checkSpan('--delay', delay) }),
      ...(loss !== undefined && { lossShare: share(loss, '--loss') }),
      ...(rate !== undefined && { bytesPerSecond: bandwidth(rate, '--rate') }),
    }
  } catch (error) {
    if (error instanceof BadInput) throw misused(error.message)
    throw error
  }
}

function showPeers(call: LabCall, state: LabState): void {
  call.table(
    ['', 'name', 'state', 'links', 'keys', 'behind', 'conflicts', 'refused'],
    state.peers.map((peer) => [
      `${peer.number}`,
      harmless(peer.name),
      peer.state,
      `${peer.links.length}`,
      `${peer.keys}`,
      `${peer.behind}`,
      `${peer.conflicts}`,
      `${peer.refused}`,
    ]),
  )
  for (const line of between(state)) call.print(line)
}

/** What lies between them. */
function between({ groups, lines }: LabState): readonly string[] {
  const cut = groups.map(rangesOf).join(' | ')
  const many =
    lines.length === 1
      ? '1 line has weather of its own'
      : `${lines.length} lines have weather of their own`
  return [
    groups.length === 0 ? 'no cut' : `cut: ${cut}`,
    ...(lines.length === 0 ? [] : [`${many}: grapevine lab heal ends it`]),
  ]
}
