import type { Member } from '@grapevine/peer'
import { onOneLine } from '../shown/shown-value.js'
import { spanOf } from '../shown/spans.js'
import { ill, well } from './finding.js'
import type { Finding } from './finding.js'

/** The way takes some seconds at most. */
const warnMs = 5_000
/** From there on a release waits, or is held against one that is a minute younger. */
const failMs = 60_000
/** How many are named. */
const namedMax = 3

type Clocked = Pick<Member, 'name' | 'isSelf' | 'link' | 'clockAheadMs'>

/** This clock, held against what the others said of theirs. Most of them are right, or nobody knows. */
export function examineClock(members: readonly Clocked[]): readonly Finding[] {
  const heard = members.filter((one) => !one.isSelf && one.clockAheadMs !== undefined)
  // What came over a link of ours is fresh.
  const linked = heard.filter(({ link }) => link !== undefined)
  const told = (linked.length > 0 ? linked : heard).map(({ name, clockAheadMs = 0 }) => ({
    name,
    aheadMs: clockAheadMs,
  }))
  const median = told.map(({ aheadMs }) => aheadMs).sort((a, b) => a - b)[told.length >> 1]
  if (median === undefined)
    return [well('clock', 'no other member was heard: there is nothing to hold it against')]
  const agreeing = told.filter(({ aheadMs }) => Math.abs(aheadMs - median) < failMs)
  const odd = told.filter(({ aheadMs }) => Math.abs(aheadMs - median) >= failMs)
  return [
    judgeOwn(median, agreeing.length),
    ...odd.slice(0, namedMax).map((one) => judgeOther(one, median)),
  ]
}

function judgeOwn(medianMs: number, peers: number): Finding {
  const off = Math.abs(medianMs)
  const others = `${peers} peer${peers === 1 ? '' : 's'}`
  if (off < warnMs) return well('clock', `this clock agrees with ${others}`)
  const says = `this clock is ${spanOf(off)} ${medianMs < 0 ? 'ahead of' : 'behind'} ${others}`
  const todo =
    'set it, and have it kept (chrony, systemd-timesyncd): writes with a wrong stamp wait, or lose'
  return ill(off < failMs ? 'warn' : 'fail', 'clock', says, todo)
}

function judgeOther(
  { name, aheadMs }: { readonly name: string; readonly aheadMs: number },
  medianMs: number,
): Finding {
  const off = aheadMs - medianMs
  const says = `the clock of ${onOneLine(name)} is ${spanOf(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} the others`
  return ill('warn', 'clock', says, `run grapevine doctor there`)
}
