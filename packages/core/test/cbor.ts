/**
 * CBOR as a tree of nodes that can be bent: every node remembers nothing of how it was written, and
 * can be written in ways that no encoder of ours would choose. Written apart from the codec under test.
 */
export interface Node {
  /** 0 unsigned, 1 negative, 2 bytes, 3 text, 4 list, 5 map (keys and values in turn), 6 tag, 7 simple. */
  readonly major: number
  /** The number, tag or simple value; of a float its 64 bits. */
  readonly argument: bigint
  readonly content: Uint8Array
  readonly children: readonly Node[]
  /** How many bytes the head takes: the shortest form, or a longer one, or of indefinite length. */
  readonly form: 'short' | 2 | 3 | 5 | 9 | 'indefinite'
  /** A length that the head claims instead of the true one. */
  readonly claims?: bigint
}

const none = new Uint8Array()
const text = new TextEncoder()

const node = (major: number, parts: Partial<Node>): Node => ({
  major,
  argument: 0n,
  content: none,
  children: [],
  form: 'short',
  ...parts,
})

export const cbor = {
  int: (value: number | bigint): Node =>
    value < 0 ? node(1, { argument: -1n - BigInt(value) }) : node(0, { argument: BigInt(value) }),
  bytes: (content: Uint8Array): Node => node(2, { content }),
  /** The content of a byte string that is CBOR itself. */
  wrapped: (inner: Node): Node => node(2, { children: [inner] }),
  text: (value: string | Uint8Array): Node =>
    node(3, { content: typeof value === 'string' ? text.encode(value) : value }),
  list: (...children: Node[]): Node => node(4, { children }),
  map: (...children: Node[]): Node => node(5, { children }),
  tag: (tag: number, child: Node): Node => node(6, { argument: BigInt(tag), children: [child] }),
  link: (content: Uint8Array): Node => cbor.tag(42, cbor.bytes(content)),
  float(value: number): Node {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value)
    return node(7, { argument: view.getBigUint64(0), form: 9 })
  },
  no: node(7, { argument: 20n }),
  yes: node(7, { argument: 21n }),
  null: node(7, { argument: 22n }),
  undefined: node(7, { argument: 23n }),
}

export function write(tree: Node): Uint8Array {
  const parts: Uint8Array[] = []
  writeTo(tree, parts)
  return join(parts)
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

function writeTo(tree: Node, parts: Uint8Array[]): void {
  const { major, children, form } = tree
  const content = major === 2 && children.length > 0 ? join(children.map(write)) : tree.content
  const isSized = major >= 2 && major <= 5
  const units = major < 4 ? content.length : major === 4 ? children.length : children.length / 2
  if (form === 'indefinite' && isSized) {
    parts.push(new Uint8Array([(major << 5) | 31]))
    if (major < 4) parts.push(head(major, BigInt(content.length), 'short'), content)
    else for (const child of children) writeTo(child, parts)
    parts.push(new Uint8Array([0xff]))
    return
  }
  const argument = tree.claims ?? (isSized ? BigInt(Math.floor(units)) : tree.argument)
  parts.push(head(major, argument, form))
  if (major === 2 || major === 3) parts.push(content)
  else for (const child of children) writeTo(child, parts)
}

function head(major: number, argument: bigint, form: Node['form']): Uint8Array {
  const top = major << 5
  const size = Math.max(sizeOf(argument), typeof form === 'number' ? form : 1)
  if (size === 1) return new Uint8Array([top | Number(argument)])
  const bytes = new Uint8Array(size)
  bytes[0] = top | (24 + Math.log2(size - 1))
  for (let index = size - 1, rest = argument; index > 0; index--, rest >>= 8n) {
    bytes[index] = Number(rest & 0xffn)
  }
  return bytes
}

const sizeOf = (argument: bigint): number =>
  argument < 24n ? 1 : argument < 256n ? 2 : argument < 65_536n ? 3 : argument < 1n << 32n ? 5 : 9

/** Reads canonical CBOR; byte strings that hold CBOR lists are read on, as far as they do. */
export function parse(bytes: Uint8Array): Node | undefined {
  try {
    const [tree, end] = parseAt(bytes, 0)
    return end === bytes.length ? tree : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function parseAt(bytes: Uint8Array, start: number): [Node, number] {
  const initial = byteAt(bytes, start)
  const major = initial >> 5
  const short = initial & 31
  if (short > 27) throw new RangeError('not canonical')
  let argument = BigInt(short)
  let end = start + 1
  if (short >= 24) {
    argument = 0n
    for (const last = end + 2 ** (short - 24); end < last; end++) {
      argument = (argument << 8n) | BigInt(byteAt(bytes, end))
    }
  }
  if (major < 2 || major === 7) {
    return [node(major, { argument, form: major === 7 && short === 27 ? 9 : 'short' }), end]
  }
  if (major < 4) {
    const length = Number(argument)
    if (end + length > bytes.length) throw new RangeError('too short')
    const content = bytes.subarray(end, end + length)
    const inner =
      major === 2 && content[0] !== undefined && content[0] >> 5 === 4 ? parse(content) : undefined
    return [inner ? cbor.wrapped(inner) : node(major, { content }), end + length]
  }
  const count = major === 6 ? 1 : Number(argument) * (major === 5 ? 2 : 1)
  const children: Node[] = []
  for (let index = 0; index < count; index++) {
    const [child, next] = parseAt(bytes, end)
    children.push(child)
    end = next
  }
  return [node(major, { argument: major === 6 ? argument : 0n, children }), end]
}

function byteAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index]
  if (byte === undefined) throw new RangeError('too short')
  return byte
}

export const contentOf = (tree: Node): Uint8Array =>
  tree.children.length > 0 ? join(tree.children.map(write)) : tree.content
