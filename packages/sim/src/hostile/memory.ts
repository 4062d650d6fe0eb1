import type { Frame, Node } from '../observer.js'

/** Old frames of anybody, the oldest first. */
export interface Memory {
  remember(frame: Frame): void
  frames(): readonly Remembered[]
}

export interface Remembered {
  readonly from: Node
  readonly bytes: Uint8Array
}

const framesMax = 400
const bytesMax = 2 * 1024 * 1024
const frameBytesMax = 64 * 1024

export function createMemory(): Memory {
  let kept: Remembered[] = []
  let bytes = 0
  return {
    remember(frame) {
      if (frame.bytes.length > frameBytesMax) return
      kept.push({ from: frame.from, bytes: frame.bytes })
      bytes += frame.bytes.length
      if (kept.length <= framesMax && bytes <= bytesMax) return
      kept = kept.slice(kept.length / 4)
      bytes = kept.reduce((sum, one) => sum + one.bytes.length, 0)
    },
    frames: () => kept,
  }
}
