import * as dagCbor from '@ipld/dag-cbor'
import type * as Core from '../src/index.js'
import { messageTypes, type MessageType } from '../src/message.js'
import { type Stage, type Step, dotOf, labelOf } from './scenario.js'
import { Violation, checkConverged, checkNothingLost } from './invariants.js'
import { hex, peerOf } from './stub-crypto.js'

const expectation = (says: string, run: (stage: Stage) => void): Step => ({ says, run })

const code = (value: unknown): string =>
  value === undefined ? 'absent' : hex(dagCbor.encode(value))

const print = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200)

function demandSame(what: string, found: unknown, expected: unknown): void {
  if (code(found) === code(expected)) return
  throw new Violation(`${what} is ${print(found)}, not ${print(expected)}`)
}

/** What a reader at `name` gets; undefined: absent. Keys that are not named may show anything. */
export const expectValues = (name: string, values: Readonly<Record<string, unknown>>): Step =>
  expectation(`${name} shows ${print(values)}`, ({ world }) => {
    for (const [key, value] of Object.entries(values)) {
      demandSame(`${key} at ${name}`, world.replica(name).get(key), value)
    }
  })

/** Exactly these keys show a value. */
export const expectKeys = (name: string, ...keys: string[]): Step =>
  expectation(`${name} has the keys ${keys.join(', ')}`, ({ world }) =>
    demandSame(`the list of keys at ${name}`, world.replica(name).keys(), keys),
  )

/** All put heads of a key, the shown one first; one value: no conflict. */
export const expectConflict = (name: string, key: string, ...values: unknown[]): Step =>
  expectation(`${name} shows ${key} with the values ${print(values)}`, ({ world }) => {
    const reading = world.replica(name).read(key)
    const found = reading && [reading.value, ...reading.others.map(({ value }) => value)]
    demandSame(`${key} at ${name}`, found, values)
    demandSame(`what get gives for ${key} at ${name}`, world.replica(name).get(key), values[0])
    const isListed = world
      .replica(name)
      .conflicts()
      .some((conflict) => conflict.key === key)
    demandSame(`whether ${key} is listed as a conflict at ${name}`, isListed, values.length > 1)
  })

/** Everybody has everything, and nothing acknowledged is lost. */
export const expectEqual = (): Step =>
  expectation('all are equal', ({ world }) => {
    checkConverged(world)
    checkNothingLost(world)
  })

/** All hold the same; some of what was acknowledged is void or died with its only disk. */
export const expectConverged = (): Step =>
  expectation('all have converged', ({ world }) => checkConverged(world))

export const expectWritten = (dot: string | undefined): Step =>
  expectation(`the last write gave ${dot ?? 'nothing'}`, (stage) => {
    const { written } = stage
    const found = written && `${labelOf(stage, written.replica)}·${written.seq}`
    demandSame('the last write', found, dot)
  })

export const expectNotice = (name: string, kind: Core.Notice['notice'], text = /./): Step =>
  expectation(`${name} was told: ${kind} ${text}`, (stage) => {
    const told = noticesTo(stage, name, kind)
    if (told.some((line) => text.test(line))) return
    throw new Violation(`${name} was told of ${kind}: ${told.join('; ') || 'nothing'}`)
  })

export const expectNoNotice = (...kinds: Core.Notice['notice'][]): Step =>
  expectation(`nobody was told of ${kinds.join(', ')}`, ({ world }) => {
    for (const kind of kinds) demandSame(`notices of ${kind}`, world.notices(kind), [])
  })

/** Told so often, and not again each time that nothing is new. */
export const expectNoticeCount = (name: string, kind: Core.Notice['notice'], count: number): Step =>
  expectation(`${name} was told of ${kind} ${count} times`, (stage) =>
    demandSame(`notices of ${kind}`, noticesTo(stage, name, kind).length, count),
  )

const noticesTo = ({ world }: Stage, name: string, kind: Core.Notice['notice']): string[] =>
  world.log.flatMap(({ name: whom, effect }) =>
    whom === name && effect.type === 'notice' && effect.notice === kind ? [effect.text] : [],
  )

interface Counts {
  readonly waiting?: number
  readonly early?: number
  readonly unsettled?: number
  readonly logged?: number
  readonly cold?: number
}

export const expectStatus = (name: string, counts: Counts): Step =>
  expectation(`${name} has the status ${print(counts)}`, ({ world }) => {
    const status = world.replica(name).status()
    const found = { ...status, waiting: status.waiting.length, early: status.early.length }
    for (const [what, count] of Object.entries(counts)) {
      demandSame(`${what} at ${name}`, found[what as keyof Counts], count)
    }
  })

/** `expectWaitingFor('carol', 'bob·2', 'bob·1')`: bob's second release waits at carol for his first. */
export const expectWaitingFor = (name: string, dot: string, missing: string): Step =>
  expectation(`${dot} waits at ${name} for ${missing}`, (stage) => {
    const waiting = stage.world.replica(name).status().waiting
    const found = waiting.map((one) => [
      formatDot(stage, one.release),
      formatDot(stage, one.missing),
    ])
    if (found.some(([release, hole]) => release === dot && hole === missing)) return
    throw new Violation(`at ${name} wait ${print(found)}`)
  })

const formatDot = (stage: Stage, { replica, seq }: Core.Dot): string =>
  `${labelOf(stage, replica)}·${seq}`

/** The local step is refused with this code, and leaves no trace. */
export const expectThrows = (errorCode: Core.ErrorCode, step: Step): Step =>
  expectation(`${step.says} and gets ${errorCode}`, (stage) => {
    const before = stage.world.fingerprint()
    let thrown: unknown
    try {
      step.run(stage)
    } catch (error) {
      thrown = error
    }
    demandSame('the code of the error', (thrown as Core.MeshError | undefined)?.code, errorCode)
    demandSame('the mesh', stage.world.fingerprint(), before)
  })

/** The last verdict of `name` on what somebody sent; a refusal says why. */
export const expectVerdict = (name: string, verdict: Core.Verdict['verdict'], reason = /./): Step =>
  expectation(`${name} judges: ${verdict} ${reason}`, ({ world }) => {
    const last = world.log.findLast((one) => one.name === name && one.effect.type === 'verdict')
    const found = last?.effect.type === 'verdict' ? last.effect : undefined
    demandSame('the last verdict', found?.verdict, verdict)
    if (found?.verdict !== 'refused' || reason.test(found.reason)) return
    throw new Violation(`it is refused because ${found.reason}, not for ${reason}`)
  })

/** Groups of keys whose watchers were woken at `name` since it started, in order. */
export const expectChanges = (name: string, ...groups: string[][]): Step =>
  expectation(`watchers at ${name} saw ${print(groups)}`, ({ world }) => {
    const found = world.log.flatMap(({ name: whom, effect }) =>
      whom === name && effect.type === 'changed' ? [effect.changes.map(({ key }) => key)] : [],
    )
    demandSame(`what watchers at ${name} saw`, found, groups)
  })

export const expectHistory = (name: string, key: string, ...values: unknown[]): Step =>
  expectation(`${name} remembers ${key} as ${print(values)}`, ({ world }) => {
    const found = world
      .replica(name)
      .history(key)
      .map(({ change }) => (change.put === undefined ? 'removed' : change.put.value))
    demandSame(`the history of ${key} at ${name}`, found, values)
  })

/** Receipts at `name` for a release: member → reached, pending, silent, or refused with the reason. */
export const expectReceipts = (
  name: string,
  dot: string,
  receipts: Readonly<Record<string, string>>,
): Step =>
  expectation(`${name} has receipts for ${dot}: ${print(receipts)}`, (stage) => {
    const { world } = stage
    const found = world.replica(name).receipts(dotOf(stage, dot), world.now)
    const named = Object.keys(receipts).map((member) => {
      const receipt = found.find(({ peer }) => peer === peerOf(member))
      return [member, receipt && printReceipt(receipt, world.now)]
    })
    demandSame(`the receipts for ${dot}`, Object.fromEntries(named), receipts)
  })

function printReceipt(receipt: Core.Receipt, now: number): string {
  switch (receipt.receipt) {
    case 'reached':
    case 'pending':
      return receipt.receipt
    case 'refused':
      return `refused ${receipt.key}: ${receipt.reason}`
    case 'silent': {
      const { heardAt, lastSeq } = receipt
      const since = heardAt === undefined ? 'ever' : `${(now - heardAt) / 1000} s`
      return `silent for ${since}, had ${lastSeq}`
    }
  }
}

/** How many frames of a type `name` has sent, and that none was larger than it may be. */
export const expectSent = (
  name: string,
  type: MessageType,
  { atLeast = 0, atMost = Infinity, bytesMax = Infinity },
): Step =>
  expectation(`${name} sends ${type} in bounds`, ({ world }) => {
    const sizes = world.log.flatMap(({ name: whom, effect }) =>
      whom === name && 'bytes' in effect && typeOf(effect.bytes) === type
        ? [effect.bytes.length]
        : [],
    )
    if (sizes.length < atLeast || sizes.length > atMost || sizes.some((size) => size > bytesMax)) {
      throw new Violation(`${name} sent ${sizes.length} ${type} of ${print(sizes)} bytes`)
    }
  })

export function typeOf(frame: Uint8Array): MessageType {
  const [kind] = dagCbor.decode<[number]>(frame)
  return messageTypes[kind]!
}

/** Where the statements and fork proofs that `name` holds end a replica id. */
export const expectLimit = (name: string, label: string, seq: number | undefined): Step =>
  expectation(`at ${name} the limit of ${label} is ${seq}`, (stage) => {
    const { limits } = stage.world.replica(name).status()
    demandSame(
      `the limit of ${label} at ${name}`,
      limits.get(dotOf(stage, `${label}·1`).replica),
      seq,
    )
  })
