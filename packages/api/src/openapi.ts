import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import type { ConversionConfig } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { bytesType } from './asking.js'
import { problemType } from './problem.js'
import type { Answer, Body, Parameter, Route } from './route.js'
import { change, entry } from './schemas/keys.js'
import * as mesh from './schemas/mesh.js'
import { draft, releaseRows } from './schemas/releases.js'
import { difference, problem, releaseInfo, value, written } from './schemas/shared.js'

type Json = Readonly<Record<string, unknown>>

/** What others stand on has a name of its own; the rest stands where it is used. */
const definitions = {
  Value: value,
  ReleaseInfo: releaseInfo,
  Written: written,
  Entry: entry,
  Change: change,
  Difference: difference,
  Draft: draft,
  Member: mesh.member,
  Status: mesh.status,
  Releases: releaseRows,
  Problem: problem,
}

const conversion: ConversionConfig = {
  target: 'draft-2020-12',
  typeMode: 'input',
  definitions,
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
}

/** OpenAPI 3.1, of the same table that the requests are answered by. */
export function openapiOf(routes: readonly Route[]): Json {
  const paths = new Map<string, Map<string, Json>>()
  for (const route of routes) {
    const operations = paths.get(route.path) ?? new Map<string, Json>()
    paths.set(route.path, operations.set(route.method.toLowerCase(), operationOf(route)))
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Grapevine',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'The local API of a running peer. Keys in paths are percent-encoded, once; their slashes may be. Every error is a problem with the code that the library throws.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: toJsonSchemaDefs(definitions, conversion),
      responses: {
        Problem: {
          description: 'What failed, and what to do.',
          ...contentOf(problem, problemType),
        },
      },
    },
  }
}

function operationOf({
  name,
  summary,
  path,
  query = {},
  headers = {},
  body,
  answers,
}: Route): Json {
  const parameters = [
    ...placesIn(path),
    ...Object.entries(query).map(queryParameter),
    ...Object.entries(headers).map(([header, says]) => parameter('header', header, says)),
  ]
  const responses = Object.entries(answers).map(([status, one]) => [status, responseOf(one)])
  return {
    operationId: name,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBodyOf(body) }),
    responses: {
      ...Object.fromEntries(responses),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const text = { type: 'string' }

const parameter = (
  place: string,
  name: string,
  description: string,
  schema: Json = text,
): Json => ({
  name,
  in: place,
  description,
  schema,
})

const places: ReadonlyMap<string, string> = new Map([
  ['key', 'A key such as payments/limits.'],
  ['name', 'A release, <replica>·<seq>; the replica may be shortened.'],
  ['who', 'A peer id, or an age recipient.'],
])

const placesIn = (path: string): readonly Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    ...parameter('path', name, places.get(name) ?? ''),
    required: true,
  }))

const queryParameter = ([name, { is, says }]: readonly [string, Parameter]): Json =>
  parameter('query', name, says, is === 'flag' ? { type: 'boolean' } : text)

const requestBodyOf = ({ says, schema, isOptional, takesBytes }: Body): Json => ({
  description: says,
  required: isOptional !== true,
  content: {
    ...contentOf(schema, 'application/json').content,
    ...(takesBytes === true && { [bytesType]: {} }),
  },
})

const responseOf = ({
  description,
  schema,
  type = 'application/json',
  headers = {},
}: Answer): Json => ({
  description,
  ...(Object.keys(headers).length > 0 && { headers: headersOf(headers) }),
  ...(schema !== undefined && contentOf(schema, type)),
})

const headersOf = (headers: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: text }]),
  )

function contentOf(schema: GenericSchema, type: string): { readonly content: Json } {
  const { $schema: _, $defs: __, ...json } = toJsonSchema(schema, conversion)
  return { content: { [type]: { schema: json } } }
}
