import type * as Core from '@grapevine/core'
import type { Observer } from '../observer.js'

/** Takes in one thing after the other; what comes out tells all of them, in their order. */
interface Mixer {
  number(value: number): void
  text(from: string): void
  bytes(from: Uint8Array): void
  result(): string
}

/** One number for everything that happened, byte for byte: what two runs are compared by. */
export function createTrace(): Observer & { hash(this: void): string } {
  const mixer = createMixer()
  const time = (at: number): void => {
    mixer.number(at | 0)
    // The part below a millisecond counts too.
    mixer.number(((at % 1) * 0x7fff_ffff) | 0)
  }
  return {
    planned: ({ do: kind, who }, at) => {
      time(at)
      mixer.text(kind)
      mixer.number(who)
    },
    opened: (node, how, at) => {
      time(at)
      mixer.number(node.index)
      mixer.text(how)
    },
    stopped: (node, at) => {
      time(at)
      mixer.number(node.index)
    },
    handled: (node, input, effects, at) => {
      time(at)
      mixer.number(node.index)
      mixer.text(input.type)
      for (const effect of effects) mixEffect(mixer, effect)
    },
    refused: (node, input, { code }, at) => {
      time(at)
      mixer.number(node.index)
      mixer.text(input.type)
      mixer.text(code)
    },
    acknowledged: (node, release, at) => {
      time(at)
      mixer.number(node.index)
      mixer.text(release.id)
    },
    lost: (frame, why, at) => {
      time(at)
      mixer.number(frame.to.index)
      mixer.text(why)
    },
    hash: mixer.result,
  }
}

function createMixer(): Mixer & { result(this: void): string } {
  let a = 0x9e37_79b1
  let b = 0x85eb_ca77
  const number = (value: number): void => {
    a = Math.imul(a ^ value, 0xc2b2_ae3d)
    a ^= a >>> 15
    b = (Math.imul(b, 0x2c1b_3c6d) + a) | 0
  }
  return {
    number,
    text(from) {
      number(from.length)
      for (let index = 0; index < from.length; index++) number(from.charCodeAt(index))
    },
    bytes(from) {
      number(from.length)
      for (let index = 0; index < from.length; index++) {
        a = Math.imul(a ^ from[index]!, 0x0100_0193)
      }
      b = (Math.imul(b, 0x2c1b_3c6d) + a) | 0
    },
    result: () => ((a >>> 0) * 0x20_0000 + ((b >>> 0) % 0x20_0000)).toString(16).padStart(14, '0'),
  }
}

function mixEffect(mixer: Mixer, effect: Core.Effect): void {
  mixer.text(effect.type)
  switch (effect.type) {
    case 'persist':
      for (const [name, record] of effect.records) {
        mixer.text(name)
        if (record === null) mixer.number(-1)
        else mixer.bytes(record)
      }
      return
    case 'gossip':
      return mixer.bytes(effect.bytes)
    case 'send':
      mixer.text(effect.to)
      return mixer.bytes(effect.bytes)
    case 'pull':
      mixer.text(effect.from)
      return mixer.bytes(effect.bytes)
    case 'changed':
      for (const { key, version } of effect.changes) {
        mixer.text(key)
        mixer.text(version ?? '')
      }
      return
    case 'written':
      return mixer.text(effect.release?.id ?? '')
    case 'verdict':
      return mixer.text(effect.verdict)
    case 'synced':
      return mixer.text(effect.with)
    case 'revoked':
      for (const subject of effect.subjects) mixer.text(subject)
      return
    case 'notice':
      return mixer.text(effect.text)
  }
}
