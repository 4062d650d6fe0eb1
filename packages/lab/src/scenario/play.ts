import { setTimeout as after } from 'node:timers/promises'
import { connect } from '@grapevine/api/client'
import type { Dot } from '@grapevine/peer'
import type { Plan } from '@grapevine/sim'
import { MeshError } from '@grapevine/core'
import type { Lab } from '../lab.js'
import { nameOf } from '../names.js'
import { spellsOf } from './conditions.js'
import type { Spell } from './conditions.js'
import { stepsOf } from './steps.js'
import type { Step } from './steps.js'
import { conflictsIn, differenceIn, heldBy, lostIn } from './verdict.js'
import type { Verdict } from './verdict.js'

type Played = Pick<
  Lab,
  'state' | 'carryOut' | 'wipe' | 'cut' | 'setLines' | 'heal' | 'tell' | 'socketOf'
>

interface Playing {
  readonly plan: Plan
  readonly name: string
  /** Hears what is done, as it is done. */
  readonly onStep: (step: { readonly atMs: number; readonly says: string }) => void
  readonly signal: AbortSignal
}

type Acknowledged = Dot & { readonly name: string }

/** Plays a plan of the simulator on real peers, heals everything, and says how it went. */
export async function playPlan(lab: Played, playing: Playing): Promise<Verdict> {
  const { plan, name, signal, onStep } = playing
  const written: Acknowledged[] = []
  const under: Promise<void>[] = []
  const began = performance.now()
  const acts = actsOf(plan)
  for (const { at, act } of acts) {
    await after(Math.max(0, began + at - performance.now()), undefined, { signal })
    const says = act(lab, written, under)
    if (says === undefined) continue
    onStep({ atMs: at, says })
    lab.tell({ name, says, atMs: at, ofMs: plan.safetyMs })
  }
  await after(Math.max(0, began + plan.safetyMs - performance.now()), undefined, { signal })
  onStep({ atMs: plan.safetyMs, says: 'everything heals' })
  lab.tell({ name, says: 'everything heals', atMs: plan.safetyMs, ofMs: plan.safetyMs })
  const verdict = await settle(lab, plan, { written, under, signal })
  lab.tell(undefined)
  return verdict
}

/** Answers what it is, in words, where people shall hear of it. */
type Act = (lab: Played, written: Acknowledged[], under: Promise<void>[]) => string | undefined

function actsOf(plan: Plan): readonly { readonly at: number; readonly act: Act }[] {
  const spells = spellsOf(plan).map((spell) => ({
    at: spell.at,
    act: (lab: Played) => changeTo(lab, spell),
  }))
  const steps = stepsOf(plan).map((step, nth) => ({
    at: step.at,
    act: (lab: Played, written: Acknowledged[], under: Promise<void>[]) => {
      under.push(take(lab, step, nth, written))
      return step.do === 'write' ? undefined : `${nameOf(step.number)} ${step.says}`
    },
  }))
  return [...spells, ...steps]
    .filter(({ at }) => at < plan.safetyMs)
    .toSorted((a, b) => a.at - b.at)
}

function changeTo(lab: Played, { at, groups, lines }: Spell): string | undefined {
  const before = lab.state().groups
  if (groups.length > 0) lab.cut(groups)
  else if (before.length > 0) lab.heal()
  lab.setLines(lines)
  const cut = groups.map((group) => group.join(',')).join(' | ')
  if (groups.length > 0) return `cut into ${cut}`
  if (before.length > 0) return 'the cut is healed'
  return at === 0 && lines.length === 0 ? undefined : `${lines.length} lines have their weather`
}

async function take(lab: Played, step: Step, nth: number, written: Acknowledged[]): Promise<void> {
  const { number } = step
  try {
    if (step.do === 'write') await write(lab, step, nth, written)
    else if (step.do === 'wipe') await lab.wipe(number)
    else await lab.carryOut(step.do, number)
  } catch (error) {
    // Who is down cannot write, and what it was asked to write in that moment is nobody's promise.
    if (!(error instanceof MeshError)) throw error
  }
}

type Write = Extract<Step, { readonly do: 'write' }>

async function write(
  lab: Played,
  { number, put, remove, valueBytes }: Write,
  nth: number,
  written: Acknowledged[],
): Promise<void> {
  if (lab.state().peers[number - 1]?.state !== 'running') return
  const client = await connect({ socket: lab.socketOf(number) })
  if (client === undefined) return
  await using open = client
  const text = `${nameOf(number)} ${nth} `
  const set = Object.fromEntries(put.map((key) => [key, text.padEnd(valueBytes, '.')]))
  const { replica, seq, name } = await open.publish({ set, remove })
  written.push({ replica, seq, name })
}

interface Settling {
  readonly written: readonly Acknowledged[]
  /** What was begun, and may not have ended. */
  readonly under: readonly Promise<void>[]
  readonly signal: AbortSignal
}

const lookAgainMs = 100
/** Nobody waits longer for a verdict. */
const settleMsMax = 180_000

async function settle(lab: Played, plan: Plan, settling: Settling): Promise<Verdict> {
  const { written, under, signal } = settling
  lab.heal()
  const stayAway = leftForGood(plan)
  const began = performance.now()
  const numbers = lab
    .state()
    .peers.map(({ number }) => number)
    .filter((number) => !stayAway.has(number))
  await Promise.all(numbers.map(async (number) => bringBack(lab, number)))
  await Promise.all(under)
  const peers = numbers.map((number) => ({ name: nameOf(number), socket: lab.socketOf(number) }))
  for (let reason: string | undefined = ''; ;) {
    const { held, fault } = await lookAt(peers)
    const [first] = held
    const lost = held.flatMap((one) => lostIn(one, written))
    reason = fault ?? (lost.length > 0 ? `${lost[0]} is not everywhere` : differenceIn(held))
    const tookMs = Math.round(performance.now() - began)
    const isOver = tookMs > Math.min(plan.livenessMs, settleMsMax)
    if (reason === undefined || isOver) {
      return {
        passed: reason === undefined,
        written: written.length,
        lost: first === undefined ? [] : lostEverywhere(held, written),
        conflicts: first === undefined ? [] : conflictsIn(first),
        healMs: reason === undefined ? tookMs : undefined,
        ...(reason !== undefined && { reason }),
      }
    }
    await after(lookAgainMs, undefined, { signal })
  }
}

/** Who does not answer now may answer in a moment: that is no verdict yet. */
const lookAt = async (
  peers: Parameters<typeof heldBy>[0],
): Promise<{ readonly held: Awaited<ReturnType<typeof heldBy>>; readonly fault?: string }> =>
  heldBy(peers).then(
    (held) => ({ held }),
    (error: unknown) => ({ held: [], fault: (error as Error).message }),
  )

const lostEverywhere = (
  held: Awaited<ReturnType<typeof heldBy>>,
  written: readonly Acknowledged[],
): readonly string[] => {
  const lacking = held.map((one) => new Set(lostIn(one, written)))
  return written.map(({ name }) => name).filter((name) => lacking.every((set) => set.has(name)))
}

function leftForGood(plan: Plan): ReadonlySet<number> {
  const away = new Set<number>()
  for (const event of plan.events) {
    if (event.do === 'leave') away.add(event.who + 1)
    if (event.do === 'join') away.delete(event.who + 1)
  }
  return away
}

/** Whoever stands still goes on, and whoever is down starts again. */
async function bringBack(lab: Played, number: number): Promise<void> {
  if (lab.state().peers[number - 1]?.state === 'paused') await lab.carryOut('resume', number)
  await lab.carryOut('start', number)
}
