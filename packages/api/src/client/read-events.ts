/** One server-sent event. An event without data moves its reader on, and tells nothing. */
export interface HeardEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: string
}

/** Reads a stream as it comes, wherever its pieces begin and end. */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<HeardEvent, undefined> {
  let fields = noFields()
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (fields.data.length > 0 || fields.id !== undefined) yield eventOf(fields)
      fields = noFields()
    } else {
      note(fields, line)
    }
  }
  // What did not come to its end was not sent.
  return undefined
}

interface Fields {
  event: string
  id: string | undefined
  readonly data: string[]
}

const noFields = (): Fields => ({ event: 'message', id: undefined, data: [] })

const eventOf = ({ event, id, data }: Fields): HeardEvent => ({ event, id, data: data.join('\n') })

function note(fields: Fields, line: string): void {
  const colon = line.indexOf(':')
  // A comment begins with it.
  if (colon === 0) return
  const name = colon < 0 ? line : line.slice(0, colon)
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
  if (name === 'data') fields.data.push(value)
  else if (name === 'event') fields.event = value
  else if (name === 'id') fields.id = value
}

/** Lines end as this peer ends them. A long one comes in pieces, and is put together once. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder()
  let begun: string[] = []
  for await (const bytes of body) {
    const [first = '', ...rest] = decoder.decode(bytes, { stream: true }).split('\n')
    begun.push(first)
    for (const next of rest) {
      yield begun.join('')
      begun = [next]
    }
  }
  return undefined
}
