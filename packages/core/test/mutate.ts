import { type Node, cbor, contentOf, join, parse, write } from './cbor.js'
import { resign } from './signed.js'

export type Random = () => number

export const below = (random: Random, count: number): number => Math.floor(random() * count)

export const pick = <T>(random: Random, items: readonly T[]): T =>
  items[below(random, items.length)]!

export interface Mutant {
  readonly how: string
  readonly bytes: Uint8Array
}

/** One frame that nobody would send: bent in its bytes, in its CBOR, or of no meaning at all. */
export function mutate(
  random: Random,
  mesh: Uint8Array,
  frame: Uint8Array,
  other: Uint8Array,
): Mutant {
  const dice = random()
  if (dice < 0.02) return { how: 'none', bytes: frame }
  if (dice < 0.04) return { how: 'random', bytes: noise(random, below(random, 200)) }
  if (dice < 0.35) return bendBytes(random, frame, other)
  const tree = parse(frame)
  if (tree === undefined) return bendBytes(random, frame, other)
  return bendTree(random, mesh, tree, other)
}

const noise = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => below(random, 256))

const byteBenders: Record<
  string,
  (random: Random, frame: Uint8Array, other: Uint8Array) => Uint8Array
> = {
  flip(random, frame) {
    const bytes = new Uint8Array(frame)
    for (let flips = 1 + below(random, 4); flips > 0; flips--) {
      bytes[below(random, bytes.length)]! ^= 1 << below(random, 8)
    }
    return bytes
  },
  insert(random, frame) {
    const at = below(random, frame.length + 1)
    return join([frame.subarray(0, at), noise(random, 1 + below(random, 8)), frame.subarray(at)])
  },
  delete(random, frame) {
    const at = below(random, frame.length)
    return join([frame.subarray(0, at), frame.subarray(at + 1 + below(random, 8))])
  },
  duplicate(random, frame) {
    const at = below(random, frame.length)
    const end = at + 1 + below(random, 64)
    return join([frame.subarray(0, end), frame.subarray(at)])
  },
  truncate: (random, frame) => frame.slice(0, below(random, frame.length)),
  splice: (random, frame, other) =>
    join([
      frame.subarray(0, below(random, frame.length)),
      other.subarray(below(random, other.length)),
    ]),
  inflate(random, frame) {
    const at = below(random, frame.length)
    const length = pick(random, [
      '00000000ffffffff',
      '0000000100000000',
      '0020000000000000',
      'ffffffffffffffff',
    ])
    const head = ((frame[at] ?? 0) & 0xe0) | 27
    return join([
      frame.subarray(0, at),
      new Uint8Array([head]),
      Buffer.from(length, 'hex'),
      frame.subarray(at + 1),
    ])
  },
}

function bendBytes(random: Random, frame: Uint8Array, other: Uint8Array): Mutant {
  const how = pick(random, Object.keys(byteBenders))
  return { how, bytes: byteBenders[how]!(random, frame, other) }
}

/** The way to some node, not mostly the deepest: each level is as likely to be bent. */
function wayInto(random: Random, tree: Node): readonly number[] {
  const path: number[] = []
  for (let at = tree; at.children.length > 0 && random() < 0.8;) {
    const index = below(random, at.children.length)
    path.push(index)
    at = at.children[index]!
  }
  return path
}

const nodeAt = (tree: Node, path: readonly number[]): Node =>
  path.reduce((node, index) => node.children[index]!, tree)

/** Every node, and which way leads to it. */
export function placesOf(
  tree: Node,
  path: readonly number[] = [],
): readonly (readonly [path: readonly number[], node: Node])[] {
  const inner = tree.children.flatMap((child, index) => placesOf(child, [...path, index]))
  return [[path, tree], ...inner]
}

export function replaceAt(tree: Node, path: readonly number[], by: (node: Node) => Node): Node {
  const [first, ...rest] = path
  if (first === undefined) return by(tree)
  const children = tree.children.map((child, index) =>
    index === first ? replaceAt(child, rest, by) : child,
  )
  return { ...tree, children }
}

function bendTree(random: Random, mesh: Uint8Array, tree: Node, other: Uint8Array): Mutant {
  let bent = tree
  const names: string[] = []
  for (let count = random() < 0.8 ? 1 : 3; count > 0; count--) {
    const how = pick(random, Object.keys(treeBenders))
    const bend = treeBenders[how]!
    bent = replaceAt(bent, wayInto(random, bent), (node) => bend(random, node, other))
    names.push(how)
  }
  // A hostile member signs what it likes: only then do the checks behind the signature matter.
  if (random() < 0.5) {
    names.push('signed')
    bent = resign(mesh, bent)
  }
  return { how: names.join(', '), bytes: write(bent) }
}

const strangeNumbers = [
  0,
  1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2n ** 53n + 1n,
  2n ** 64n - 1n,
  -1,
  -(2n ** 63n),
]

const strangeTexts = [
  '',
  '/',
  '.',
  'a//b',
  '\u0000',
  '\u202e',
  '__proto__',
  'constructor',
  'x'.repeat(600),
]

function strange(random: Random): Node {
  return pick<() => Node>(random, [
    () => cbor.null,
    () => cbor.undefined,
    () => cbor.yes,
    () => cbor.int(pick(random, strangeNumbers)),
    () => cbor.float(pick(random, [Number.NaN, Infinity, -Infinity, -0, 1, 1.5, 1e300])),
    () => cbor.text(pick(random, strangeTexts)),
    () => cbor.text(new Uint8Array([0xed, 0xa0, 0x80])),
    () => cbor.bytes(noise(random, pick(random, [0, 1, 8, 16, 32, 64, 65]))),
    () => cbor.list(),
    () => cbor.list(strange(random), strange(random)),
    () =>
      cbor.map(cbor.text(pick(random, ['toString', '__proto__', 'a', 'length'])), strange(random)),
    () => cbor.link(noise(random, 36)),
    () => cbor.tag(pick(random, [0, 2, 24, 42, 258]), strange(random)),
    () => nest(below(random, 60), strange(random)),
  ])()
}

const nest = (levels: number, inner: Node): Node =>
  levels === 0 ? inner : nest(levels - 1, cbor.list(inner))

const treeBenders: Record<string, (random: Random, node: Node, other: Uint8Array) => Node> = {
  replace: (random) => strange(random),
  graft(random, node, other) {
    const tree = parse(other)
    return tree === undefined ? node : nodeAt(tree, wayInto(random, tree))
  },
  'long form': (random, node) => ({ ...node, form: pick(random, [2, 3, 5, 9]) }),
  indefinite: (_random, node) => ({ ...node, form: 'indefinite' }),
  claim: (random, node) => ({
    ...node,
    claims: BigInt(pick(random, strangeNumbers)) & 0xffffffffffffffffn,
  }),
  tag: (random, node) => cbor.tag(pick(random, [0, 2, 42, 55799]), node),
  wrap: (_random, node) => cbor.list(node),
  nudge: (random, node) =>
    node.major < 2
      ? cbor.int(node.argument + BigInt(pick(random, [1, -1, 2, 60_000, -60_000, 256])))
      : { ...node, content: byteBenders['flip']!(random, node.content, node.content) },
  'drop part': (random, node) => ({
    ...node,
    children: without(node.children, below(random, node.children.length)),
  }),
  'double part'(random, node) {
    if (node.children.length === 0) return node
    const at = below(random, node.children.length)
    return { ...node, children: [...node.children.slice(0, at + 1), ...node.children.slice(at)] }
  },
  'swap parts'(random, node) {
    const at = below(random, node.children.length)
    const child = node.children[at]
    if (child === undefined) return node
    const rest = without(node.children, at)
    const to = below(random, rest.length + 1)
    return { ...node, children: [...rest.slice(0, to), child, ...rest.slice(to)] }
  },
  'repeat key': (_random, node) =>
    node.major === 5
      ? { ...node, children: [...node.children, ...node.children.slice(0, 2)] }
      : cbor.map(node, node, node, node),
  resize: (random, node) =>
    node.major === 2 || node.major === 3
      ? {
          ...node,
          children: [],
          content: contentOf(node).slice(0, below(random, contentOf(node).length + 1)),
        }
      : node,
}

const without = <T>(items: readonly T[], at: number): readonly T[] =>
  items.filter((_, index) => index !== at)
