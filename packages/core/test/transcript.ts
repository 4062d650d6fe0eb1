import * as dagCbor from '@ipld/dag-cbor'
import type * as Core from '../src/index.js'
import { type Message, type Range, type Standing, decodeMessage } from '../src/message.js'
import { type Stage, type Step, labelOf, nameReplicas, openStage, play } from './scenario.js'
import { type Fact, readFact } from './oracle.js'
import { readOracleBadge } from './oracle-trust.js'
import { type Frame, type WorldOptions } from './world.js'
import { type Library, hex, peerOf } from './stub-crypto.js'

/** A story whose whole conversation is kept, to be read from top to bottom. */
export interface Transcript {
  readonly title: string
  readonly world: WorldOptions
  /** What happened before anybody listened. */
  readonly before: readonly Step[]
  readonly steps: readonly Step[]
}

const columns = { who: 16, type: 15 }

export function record(lib: Library, transcript: Transcript): string {
  const stage = openStage(lib, transcript.world)
  play(stage, transcript.before)
  const lines: string[] = [transcript.title, '='.repeat(transcript.title.length)]
  let told = stage.world.log.length
  const printNews = (): void => {
    nameReplicas(stage)
    for (const { name, effect } of stage.world.log.slice(told)) {
      const line = printEffect(stage, effect)
      if (line !== undefined) lines.push(row('', name, line))
    }
    told = stage.world.log.length
  }
  stage.world.intercept = (frame) => {
    printNews()
    const message = decodeMessage(frame.bytes)
    const meaning = printMessage(stage, frame, message)
    lines.push(row(`${frame.from} -> ${frame.to}`, message.type, meaning))
    return frame
  }
  for (const step of transcript.steps) {
    lines.push('', `# ${step.says}`)
    play(stage, [step])
    printNews()
  }
  return `${lines.join('\n')}\n`
}

const row = (who: string, type: string, meaning: string): string =>
  `${who.padEnd(columns.who)}${type.padEnd(columns.type)}${meaning}`.trimEnd()

// ---------------------------------------------------------------------------------------------
// What one of them learns.

function printEffect(stage: Stage, effect: Core.Effect): string | undefined {
  switch (effect.type) {
    case 'verdict': {
      const dot = effect.release ? ` ${dotName(stage, effect.release)}` : ''
      const reason = effect.verdict === 'refused' ? `: ${rename(stage, effect.reason)}` : ''
      return `  ${effect.verdict}${dot}${reason}`
    }
    case 'changed':
      return effect.changes
        .map(({ key, now }) => `  ${key} = ${printValue(now?.change.put)}`)
        .join('')
    case 'notice':
      return `  ! ${effect.notice}: ${rename(stage, effect.text)}`
    case 'synced':
      return `  synced with ${peerName(stage, effect.with)}`
    case 'revoked':
      return `  parts from ${effect.subjects.map((peer) => peerName(stage, peer)).join(', ')}`
    case 'written':
      return effect.release && `  wrote ${dotName(stage, effect.release)}`
    case 'persist':
    case 'gossip':
    case 'send':
    case 'pull':
      return undefined
  }
}

/** Ids in a text become the names that a reader knows. */
function rename(stage: Stage, text: string): string {
  let renamed = text
  for (const [label, replica] of stage.replicas) renamed = renamed.replaceAll(replica, label)
  for (const { name, peer } of stage.world.nodes.values()) {
    renamed = renamed.replaceAll(peer, name).replaceAll(peer.slice(0, 8), name)
  }
  return renamed
}

// ---------------------------------------------------------------------------------------------
// What one says to another.

function printMessage(stage: Stage, frame: Frame, message: Message): string {
  const mesh = stage.world.meshId
  switch (message.type) {
    case 'release':
      return printRelease(stage, readFact(mesh, message.bytes))
    case 'announce':
      return dotName(stage, message.mark)
    case 'summary':
      return `${message.step}: ${compareHashes(stage, frame.to, message.hashes)}`
    case 'standing':
      return printStanding(stage, message.standing)
    case 'statements': {
      const all = [
        ...message.statements.map((bytes) => printStatement(stage, bytes)),
        ...message.pairs.map(
          ([one, two]) => `proof: ${bareName(stage, one)} and ${bareName(stage, two)}`,
        ),
      ]
      const asks = message.standing ? `; I hold ${printStanding(stage, message.standing)}` : ''
      return `${all.join(', ') || 'none'}${asks}`
    }
    case 'clock':
      return message.tips.map((tip) => dotName(stage, tip)).join(' ') || 'nothing'
    case 'want':
      return message.ranges.map((range) => printRange(stage, range)).join(', ')
    case 'delta': {
      const shown = message.releases.map((bytes) => dotName(stage, readFact(mesh, bytes)))
      const rest = message.rest.map((range) => `more: ${printRange(stage, range)}`)
      return [...shown, ...rest, ...(message.isGone ? ['some are gone'] : [])].join(', ')
    }
    case 'evidence':
      return message.releases.map((bytes) => bareName(stage, bytes)).join(' ')
    case 'snapshot-want':
      return `page ${message.page}`
    case 'snapshot': {
      const items = message.items.map((item) => printItem(stage, item)).join(', ')
      return `page ${message.page}${message.isLast ? ', the last' : ''}: ${items}`
    }
    case 'presence':
      return 'where it stands'
    case 'badges':
      return message.chains.map((links) => badgeName(stage, links)).join(', ')
    case 'badges-want':
      return message.ids.map((id) => badgeNamed(stage, id)).join(', ')
  }
}

const badgeName = (stage: Stage, links: readonly Uint8Array[]): string =>
  badgeNamed(stage, readOracleBadge(stage.world.meshId, links.at(-1)!).id)

const badgeNamed = ({ world }: Stage, id: string): string => {
  const names = [...world.nodes.keys()]
  const name = names.find((one) => world.badges?.of(one).at(-1)!.id === id)
  return `badge of ${name ?? 'a stranger'}`
}

const dotName = (stage: Stage, { replica, seq }: { replica: string; seq: number }): string =>
  `${labelOf(stage, replica)}·${seq}`

/** On a forked replica id a dot does not say which release is meant. */
const bareName = (stage: Stage, bytes: Uint8Array): string => {
  const fact = readFact(stage.world.meshId, bytes)
  const twins = [...stage.world.facts.values()].filter(
    ({ replica, seq }) => replica === fact.replica && seq === fact.seq,
  )
  const branch = 'abc'[twins.findIndex(({ id }) => id === fact.id)]
  return `${dotName(stage, fact)}${twins.length > 1 ? ` (branch ${branch})` : ''}`
}

const printRelease = (stage: Stage, fact: Fact): string => {
  const changes = fact.changes.map((change) => {
    const seen = [...change.seen].map(([replica, seq]) => dotName(stage, { replica, seq }))
    return `${change.key} = ${printValue(change.put)}${seen.length > 0 ? ` (seen ${seen.join(' ')})` : ''}`
  })
  return `${dotName(stage, fact)}: ${changes.join(', ')}`
}

const printValue = (put: { readonly value: unknown } | undefined): string => {
  if (put === undefined) return 'removed'
  const text = JSON.stringify(put.value)
  return text.length > 40 ? `${text.length} characters` : text
}

const printRange = (stage: Stage, { replica, after, to }: Range): string =>
  `${labelOf(stage, replica)}·${after + 1}${to > after + 1 ? `..${to}` : ''}`

function printStanding(stage: Stage, { chains, forks, broken }: Standing): string {
  const all = [
    ...chains.map(({ issuer, number }) => `${number} of ${peerName(stage, issuer)}`),
    ...forks.map((fork) => `fork after ${dotName(stage, fork)}`),
    ...broken.map(({ issuer }) => `broken chain of ${peerName(stage, issuer)}`),
  ]
  return all.join(', ') || 'none'
}

type StatementBody = [
  format: number,
  kind: number,
  issuer: Uint8Array,
  number: number,
  prev: Uint8Array | null,
  marks: [replica: Uint8Array, seq: number, id: Uint8Array | null][],
]

function printStatement(stage: Stage, bytes: Uint8Array): string {
  const [body] = dagCbor.decode<[Uint8Array]>(bytes)
  const [, kind, issuer, number, , marks] = dagCbor.decode<StatementBody>(body)
  const dots = marks.map(([replica, seq]) => dotName(stage, { replica: hex(replica), seq }))
  const word = ['cut', 'seal', 'close', 'revoke'][kind]
  return `${peerName(stage, hex(issuer))} ${number}: ${word} after ${dots.join(' ') || 'nothing'}`
}

function printItem(stage: Stage, bytes: Uint8Array): string {
  const [kind, ...parts] = dagCbor.decode<[number, ...unknown[]]>(bytes)
  switch (kind) {
    case 0:
      return 'hashes'
    case 1:
      return printStatement(stage, parts[0] as Uint8Array)
    case 2:
      return 'proof of a fork'
    case 3:
      return `tip ${dotName(stage, { replica: hex(parts[0] as Uint8Array), seq: parts[1] as number })}`
    case 4:
      return `context of ${String(parts[0])}`
    default: {
      const fact = readFact(stage.world.meshId, parts[0] as Uint8Array)
      return `of ${dotName(stage, fact)}: ${fact.changes.map(({ key }) => key).join(' ')}`
    }
  }
}

function compareHashes(stage: Stage, to: string, theirs: Core.Hashes): string {
  const own = stage.world.replica(to).hashes()
  const parts = (['statements', 'clock', 'state'] as const).map(
    (part) => `${part} ${hex(own[part]) === hex(theirs[part]) ? 'equal' : 'differ'}`,
  )
  return parts.join(', ')
}

const peerName = (stage: Stage, peer: string): string =>
  [...stage.world.nodes.keys()].find((name) => peerOf(name) === peer) ?? 'a stranger'
