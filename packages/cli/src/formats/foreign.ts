import { JsonFault, readStrictJson } from '@grapevine/api/client'
import type { Value } from '@grapevine/core'
import { parseDocument } from 'yaml'
import { badFile } from './place.js'
import { isMapping } from './tree.js'

/** A key as another system has it. */
export interface ForeignKey {
  readonly key: string
  readonly value: Value
}

/** How other systems export what they hold. */
export const foreignSystems = {
  consul: readConsul,
  etcd: readEtcd,
  configmap: readConfigMap,
} as const

type ForeignSystem = keyof typeof foreignSystems

export const isForeignSystem = (text: string): text is ForeignSystem =>
  Object.hasOwn(foreignSystems, text)

/** `consul kv export`: a list of `{ key, flags, value }`, values as base64. */
function readConsul(source: string, file: string): readonly ForeignKey[] {
  const list = readJson(source, file)
  if (!Array.isArray(list)) throw badFile({ file }, 'it is no list, as consul kv export writes it')
  return list.map((item: unknown, at) => {
    const { key, value } = isMapping(item) ? item : {}
    if (typeof key === 'string' && (typeof value === 'string' || value === null)) {
      return { key, value: textOrBytes(value ?? '', `${at + 1}. key, ${key}`, file) }
    }
    throw badFile({ file }, `its ${at + 1}. item has no key and no value in base64`)
  })
}

/** `etcdctl get --prefix '' -w json`: keys are base64 as well. */
function readEtcd(source: string, file: string): readonly ForeignKey[] {
  const answer = readJson(source, file)
  const list = isMapping(answer) ? (answer['kvs'] ?? []) : undefined
  if (!Array.isArray(list))
    throw badFile({ file }, 'it has no kvs, as etcdctl get -w json writes them')
  return list.map((item: unknown, at) => {
    const { key, value = '' } = isMapping(item) ? item : {}
    if (typeof key !== 'string' || typeof value !== 'string') {
      throw badFile({ file }, `its ${at + 1}. item has no key and no value in base64`)
    }
    const name = textOrBytes(key, `${at + 1}. key`, file)
    if (typeof name !== 'string') throw badFile({ file }, `its ${at + 1}. key is no text in UTF-8`)
    return { key: name, value: textOrBytes(value, `${at + 1}. key, ${name}`, file) }
  })
}

/** A ConfigMap of Kubernetes, as YAML or JSON: the dots of its names stay. */
function readConfigMap(source: string, file: string): readonly ForeignKey[] {
  const document = parseDocument(source, { prettyErrors: false })
  const [fault] = document.errors
  if (fault !== undefined) throw badFile({ file }, `it is no YAML: ${fault.message}`)
  const map = document.toJS() as unknown
  if (!isMapping(map) || map['kind'] !== 'ConfigMap')
    throw badFile({ file }, 'its kind is not ConfigMap')
  const { data = {}, binaryData = {} } = map
  if (!isMapping(data) || !isMapping(binaryData)) throw badFile({ file }, 'its data is no mapping')
  return [
    ...Object.entries(data).map(([key, value]) => ({ key, value: String(value) })),
    ...Object.entries(binaryData).map(([key, value]) => ({
      key,
      value: new Uint8Array(bytesIn(String(value), key, file)),
    })),
  ]
}

function readJson(source: string, file: string): unknown {
  try {
    return readStrictJson(source)
  } catch (error) {
    if (error instanceof JsonFault) throw badFile({ file }, error.message)
    throw error
  }
}

function textOrBytes(base64: string, what: string, file: string): string | Uint8Array {
  const bytes = bytesIn(base64, what, file)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return new Uint8Array(bytes)
  }
}

function bytesIn(base64: string, what: string, file: string): Buffer {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64').replaceAll('=', '') === base64.replaceAll(/[=\s]/g, '')) return bytes
  throw badFile({ file }, `its ${what}, has a value that is no base64`)
}
