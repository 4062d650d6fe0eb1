import { hashesOf } from './hashes.js'
import { type PeerId } from './ids.js'
import { type Message, type SummaryStep, encodeMessage } from './message.js'
import { confirm } from './presence.js'
import { type State } from './state.js'
import { type Turn } from './turn.js'

/** A message of one type. */
export type Of<Type extends Message['type']> = Extract<Message, { type: Type }>

export const send = (turn: Turn, to: PeerId, message: Message): void =>
  turn.tell({ type: 'send', to, bytes: encodeMessage(message) })

export function sendSummary(state: State, to: PeerId, step: SummaryStep, turn: Turn): void {
  confirm(state, turn)
  const isVouching = state.believed === undefined
  send(turn, to, { type: 'summary', hashes: hashesOf(state), step, isVouching })
}

export const openSession = (state: State, peer: PeerId, turn: Turn): void =>
  sendSummary(state, peer, 'open', turn)

/** Nothing more can be had from this peer now: compare, and leave what differs to the next session. */
export const closeSession = (state: State, peer: PeerId, turn: Turn): void =>
  sendSummary(state, peer, 'close', turn)
