/** What frames are, in the order of the byte that says so; a test holds it to core's own list. */
export const frameKinds = [
  'release',
  'announce',
  'summary',
  'standing',
  'statements',
  'clock',
  'want',
  'delta',
  'evidence',
  'snapshot-want',
  'snapshot',
  'presence',
  'badges',
  'badges-want',
] as const
export type FrameKind = (typeof frameKinds)[number]

/** A frame begins with the head of a list, and then the kind of message in one byte. */
export const kindOf = (frame: Uint8Array): FrameKind | undefined =>
  frameKinds[frame[1] ?? frameKinds.length]
