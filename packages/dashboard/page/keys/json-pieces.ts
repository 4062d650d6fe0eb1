export interface JsonPiece {
  readonly is: 'name' | 'text' | 'number' | 'word' | 'plain'
  readonly text: string
}

/** A text that is longer is shown in one colour: so many pieces would be felt. */
const colouredLetters = 20_000

const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g

/** JSON that was just written, cut where its colours change. */
export function jsonPieces(json: string): readonly JsonPiece[] {
  if (json.length > colouredLetters) return [{ is: 'plain', text: json }]
  const pieces: JsonPiece[] = []
  let end = 0
  for (const token of json.matchAll(tokens)) {
    if (token.index > end) pieces.push({ is: 'plain', text: json.slice(end, token.index) })
    const [all, quoted, colon, number] = token
    if (quoted === undefined)
      pieces.push({ is: number === undefined ? 'word' : 'number', text: all })
    else pieces.push({ is: colon === undefined ? 'text' : 'name', text: quoted })
    if (colon !== undefined) pieces.push({ is: 'plain', text: colon })
    end = token.index + all.length
  }
  if (end < json.length) pieces.push({ is: 'plain', text: json.slice(end) })
  return pieces
}
