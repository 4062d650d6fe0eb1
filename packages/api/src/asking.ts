import { MeshError, limits } from '@grapevine/core'
import { durationMs } from '@grapevine/peer'
import * as v from 'valibot'
import { isIndex } from './journal.js'
import { refused } from './problem.js'
import type { Body, Parameter, Route } from './route.js'
import { JsonFault, readStrictJson } from './strict-json.js'

/** What a request asks for, or why it cannot be understood. */

const place = /\{\w+\}/

/** What stands in the place of a path; percent-encoded exactly once, `%2F` as good as `/`. */
export function namedIn({ path }: Route, url: URL): string {
  const [before = '', after] = path.split(place)
  if (after === undefined) return ''
  const { pathname } = url
  // Routes are found by what a path means; this is cut out of it as it was written.
  if (!pathname.startsWith(before) || !pathname.endsWith(after)) throw noAddress(pathname)
  const text = pathname.slice(before.length, pathname.length - after.length)
  try {
    return decodeURIComponent(text)
  } catch {
    throw new MeshError(
      'KEY_INVALID',
      `the path ${pathname} cannot be used: it is not percent-encoded UTF-8`,
    )
  }
}

export const noAddress = (path: string): MeshError =>
  refused(404, 'REQUEST_INVALID', `there is nothing at ${path}: /openapi.json says what there is`)

export function queryOf({ query = {} }: Route, { searchParams }: URL): ReadonlyMap<string, string> {
  const known = new Map(Object.entries(query))
  const asked = new Map<string, string>()
  for (const [name, text] of searchParams) {
    const parameter = known.get(name)
    if (parameter === undefined) {
      const names =
        known.size === 0 ? 'there is none here' : `there are ${[...known.keys()].join(', ')}`
      throw invalid(name, `there is no query parameter ${JSON.stringify(name)}: ${names}`)
    }
    if (asked.has(name)) throw invalid(name, `the query parameter ${name} is there twice`)
    checkParameter(name, parameter, text)
    asked.set(name, text)
  }
  return asked
}

const flags = ['', 'true', 'false']

function checkParameter(name: string, { is }: Parameter, text: string): void {
  if (is === 'span') spanMs(name, text)
  const shown = JSON.stringify(text.slice(0, 100))
  if (is === 'flag' && !flags.includes(text)) {
    throw invalid(name, `${name} ${shown} cannot be used: write true or false`)
  }
  if (is === 'index' && !isIndex(text)) {
    throw invalid(name, `${name} ${shown} cannot be used: hand back what an answer said`)
  }
}

export const isSet = (query: ReadonlyMap<string, string>, flag: string): boolean =>
  ['', 'true'].includes(query.get(flag) ?? 'false')

/** Bare digits are milliseconds, as everywhere. */
export const spanMs = (name: string, text: string): number =>
  durationMs(name, /^\d+$/.test(text) ? Number(text) : text)

const invalid = (option: string, message: string): MeshError =>
  new MeshError('OPTION_INVALID', message, { option })

/** What a body says, held against what its route declares; undefined: there is none, and may be none. */
export async function bodyOf({ body }: Route, request: Request): Promise<unknown> {
  if (body === undefined) return undefined
  const bytes = await bytesOf(request, body)
  if (bytes.length === 0 && body.isOptional === true) return undefined
  const [type = ''] = (request.headers.get('content-type') ?? '').toLowerCase().split(';')
  if (body.takesBytes === true && type.trim() === bytesType) return bytes
  if (type.trim() === 'application/json') return readBody(bytes, body)
  const types = body.takesBytes === true ? `application/json or ${bytesType}` : 'application/json'
  const said = type === '' ? 'no content type' : `content type ${type.trim()}`
  throw refused(415, 'REQUEST_INVALID', `the body has ${said}: send it as ${types}`)
}

export const bytesType = 'application/octet-stream'

/** A value as JSON takes more than in the mesh: base64 a third, escapes up to as much again. */
export const valueBodyBytesMax = 2 * limits.valueBytesMax

function readBody(bytes: Uint8Array, { schema }: Body): unknown {
  const json = readJson(bytes)
  const issue = v.safeParse(schema, json).issues?.[0]
  if (issue === undefined) return json
  const path = v.getDotPath(issue)
  const where = path === null ? 'the body' : path
  throw invalid(where, `${where} cannot be used: ${issue.message}`)
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return readStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof JsonFault) {
      throw refused(
        400,
        'REQUEST_INVALID',
        `the body is no JSON that can be used: ${error.message}`,
      )
    }
    throw refused(400, 'REQUEST_INVALID', 'the body is no UTF-8')
  }
}

/** As many bytes as may come, and not one more. */
async function bytesOf(request: Request, body: Body): Promise<Uint8Array> {
  const { bytesMax } = body
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge(body)
  const chunks: Uint8Array[] = []
  let length = 0
  const stream: AsyncIterable<Uint8Array> | null = request.body
  for await (const chunk of stream ?? []) {
    chunks.push(chunk)
    length += chunk.length
    if (length > bytesMax) throw tooLarge(body)
  }
  return Buffer.concat(chunks)
}

function tooLarge({ bytesMax }: Body): MeshError {
  const isRelease = bytesMax > limits.releaseBytesMax
  const code = isRelease ? 'RELEASE_TOO_LARGE' : 'VALUE_INVALID'
  const advice = isRelease ? 'publish in parts' : 'send less'
  return refused(413, code, `the body has more than ${bytesMax} bytes: ${advice}`)
}
