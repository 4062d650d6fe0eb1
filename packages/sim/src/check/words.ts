import type * as Core from '@grapevine/core'
import type { Node } from '../observer.js'
import type { Fact, Said } from './oracle.js'
import { printValue } from './values.js'

/** Names for what is made of digits: who reads a fault wants to know who did what. */
export interface Words {
  meet(node: Node): void
  /** The peer's name, if it is one of an honest peer. */
  honest(peer: string): string | undefined
  peer(peer: string): string
  /** `alice·3 4f2a9c01`: the third release of alice; `alice~2·3`: under her second replica id. */
  release(fact: Pick<Fact, 'peer' | 'replica' | 'seq' | 'id'>): string
  dot(replica: string, seq: number): string
  heads(said: readonly Said[]): string
  reading(reading: Core.Reading | undefined): string
}

const shortLength = 8
const short = (id: string): string => id.slice(0, shortLength)

export function createWords(): Words {
  const names = new Map<string, string>()
  const honest = new Set<string>()
  const writers = new Map<string, string>()
  const incarnations = new Map<string, number>()

  const peer = (id: string): string => names.get(id) ?? short(id)

  /** The n-th replica id of a peer that was spoken of. */
  function writer(replica: string, author: string): string {
    let name = writers.get(replica)
    if (name === undefined) {
      const count = (incarnations.get(author) ?? 0) + 1
      incarnations.set(author, count)
      name = count === 1 ? peer(author) : `${peer(author)}~${count}`
      writers.set(replica, name)
    }
    return name
  }

  const release: Words['release'] = ({ peer: author, replica, seq, id }) =>
    `${writer(replica, author)}·${seq} ${short(id)}`
  const list = (texts: readonly string[]): string =>
    texts.length === 0 ? 'nothing' : texts.join(' and ')

  return {
    meet(node) {
      if (!names.has(node.peer)) names.set(node.peer, node.name)
      if (node.isHonest) honest.add(node.peer)
      writer(node.replica.id(), node.peer)
    },
    honest: (id) => (honest.has(id) ? names.get(id) : undefined),
    peer,
    release,
    dot: (replica, seq) => `${writers.get(replica) ?? short(replica)}·${seq}`,
    heads: (said) =>
      list(
        said.map(({ fact, change }) =>
          change.put === undefined
            ? `${release(fact)} removing it`
            : `${printValue(change.put.value)} by ${release(fact)}`,
        ),
      ),
    reading(reading) {
      if (reading === undefined) return list([])
      const all = [{ value: reading.value, release: reading.release }, ...reading.others]
      return list(all.map((one) => `${printValue(one.value)} by ${release(one.release)}`))
    },
  }
}
