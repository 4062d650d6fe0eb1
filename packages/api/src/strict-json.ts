/** Why a text is not the JSON that we take, and where. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault'

  constructor(why: string, text: string, at: number) {
    const before = text.slice(0, at).split('\n')
    super(`${why} (line ${before.length}, column ${(before.at(-1) ?? '').length + 1})`)
  }
}

/** Deeper than any value may be, with what stands around it. */
const nestingMax = 64
const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const wholeForm = /^-?\d+$/
const plainForm = /[^"\\\u0000-\u001f]*/y
const hexForm = /^[0-9a-fA-F]{4}$/
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
/** By their first letters. */
const words: ReadonlyMap<string, { readonly text: string; readonly meant: boolean | null }> =
  new Map([
    ['t', { text: 'true', meant: true }],
    ['f', { text: 'false', meant: false }],
    ['n', { text: 'null', meant: null }],
  ])

/** A text, and how far it has been read. */
interface Reading {
  readonly text: string
  at: number
}

/**
 * JSON as `JSON.parse` reads it, but it says line and column, and refuses what would not arrive as it
 * was written: a member that is there twice, and a number that is not held exactly or has no end.
 */
export function readStrictJson(text: string): unknown {
  const reading = { text, at: 0 }
  const value = readValue(reading, 0)
  skipSpace(reading)
  if (reading.at < text.length) throw fault(reading, 'something follows the end of the value')
  return value
}

function readValue(reading: Reading, nesting: number): unknown {
  skipSpace(reading)
  const { text, at } = reading
  const first = text[at]
  if (first === '{') return readObject(reading, nesting + 1)
  if (first === '[') return readArray(reading, nesting + 1)
  if (first === '"') return readText(reading)
  const word = words.get(first ?? '')
  if (word !== undefined && text.startsWith(word.text, at)) {
    reading.at += word.text.length
    return word.meant
  }
  return readNumber(reading)
}

function readObject(reading: Reading, nesting: number): Readonly<Record<string, unknown>> {
  begin(reading, nesting)
  const members: Record<string, unknown> = {}
  if (isNext(reading, '}')) return members
  do {
    skipSpace(reading)
    const { text, at } = reading
    if (text[at] !== '"') throw fault(reading, 'a name in double quotes is missing')
    const name = readText(reading)
    if (Object.hasOwn(members, name)) {
      throw fault({ text, at }, `the member ${clipped(name)} is there twice`)
    }
    expect(reading, ':')
    setMember(members, name, readValue(reading, nesting))
  } while (isNext(reading, ','))
  expect(reading, '}')
  return members
}

/** An assignment to `__proto__` would be something else; to any other name it is quicker. */
function setMember(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') members[name] = value
  else Object.defineProperty(members, name, { value, enumerable: true, writable: true })
}

function readArray(reading: Reading, nesting: number): readonly unknown[] {
  begin(reading, nesting)
  const items: unknown[] = []
  if (isNext(reading, ']')) return items
  do items.push(readValue(reading, nesting))
  while (isNext(reading, ','))
  expect(reading, ']')
  return items
}

function readText(reading: Reading): string {
  const { text, at: opensAt } = reading
  let read = ''
  reading.at += 1
  for (;;) {
    plainForm.lastIndex = reading.at
    const [plain = ''] = plainForm.exec(text) ?? []
    read += plain
    reading.at += plain.length
    const next = text[reading.at]
    if (next === '"') break
    if (next === undefined) throw fault({ text, at: opensAt }, 'a text does not end')
    if (next !== '\\') {
      throw fault(reading, 'a text has a control character: write it as \\u00XX')
    }
    read += readEscape(reading)
  }
  reading.at += 1
  return read
}

function readEscape(reading: Reading): string {
  const { text, at } = reading
  const letter = text[at + 1] ?? ''
  const hex = text.slice(at + 2, at + 6)
  const meant = escapes.get(letter)
  if (meant === undefined && !(letter === 'u' && hexForm.test(hex))) {
    throw fault(reading, 'a text has an escape that JSON does not know')
  }
  reading.at += meant === undefined ? 6 : 2
  return meant ?? String.fromCharCode(Number.parseInt(hex, 16))
}

function readNumber(reading: Reading): number {
  const { text, at } = reading
  numberForm.lastIndex = at
  const [digits] = numberForm.exec(text) ?? []
  if (digits === undefined) {
    const isOver = at >= text.length
    throw fault(reading, isOver ? 'it ends before its value does' : 'here stands no value')
  }
  const number = Number(digits)
  if (!Number.isFinite(number)) throw fault(reading, 'a number is too large')
  if (!isHeld(digits, number)) {
    throw fault(reading, 'a number has more digits than are held exactly: write it as a text')
  }
  reading.at += digits.length
  return number
}

/** A large one as JavaScript writes it out, with zeros at its end, is the number that it was. */
const isHeld = (digits: string, number: number): boolean =>
  !wholeForm.test(digits) ||
  Number.isSafeInteger(number) ||
  String(number) === digits ||
  BigInt(number) === BigInt(digits)

function begin(reading: Reading, nesting: number): void {
  if (nesting > nestingMax) throw fault(reading, `it is nested deeper than ${nestingMax}`)
  reading.at += 1
}

const spaces = ' \n\r\t'

function skipSpace(reading: Reading): void {
  const { text } = reading
  // Most of what is sent has none.
  while (reading.at < text.length && spaces.includes(text[reading.at] ?? '')) reading.at += 1
}

function isNext(reading: Reading, mark: string): boolean {
  skipSpace(reading)
  if (reading.text[reading.at] !== mark) return false
  reading.at += 1
  return true
}

function expect(reading: Reading, mark: string): void {
  if (!isNext(reading, mark)) throw fault(reading, `${clipped(mark)} is missing`)
}

const fault = ({ text, at }: Reading, why: string): JsonFault => new JsonFault(why, text, at)

const clipped = (name: string): string =>
  JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)
