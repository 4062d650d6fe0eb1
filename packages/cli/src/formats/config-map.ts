import { misused } from '../complain.js'
import { stringify } from 'yaml'
import { named, textOf } from './flat-names.js'
import type { Keyed } from './flat-names.js'

/** What Kubernetes takes for a name in `data`, and how long. */
const nameForm = /^[-._a-zA-Z0-9]{1,253}$/
/** Of all names and values. */
const bytesMax = 1024 * 1024

/** For `kubectl apply`: names have dots between their segments, values are texts. */
export function writeConfigMap(entries: readonly Keyed[], base: string, name: string): string {
  const data = new Map<string, string>()
  const binaryData = new Map<string, string>()
  let bytes = 0
  for (const [dotted, { key, value }] of named('properties', entries, base)) {
    if (!nameForm.test(dotted)) {
      throw misused(
        `${key} would be called ${dotted}, which Kubernetes does not take`,
        'it takes letters, digits, "-", "_" and "."',
      )
    }
    const text = textOf(value)
    bytes += dotted.length + Buffer.byteLength(text)
    const place = value instanceof Uint8Array ? binaryData : data
    place.set(dotted, text)
  }
  if (bytes > bytesMax) {
    throw misused(
      `these keys take ${bytes} bytes, and a ConfigMap holds ${bytesMax}`,
      'name a longer prefix',
    )
  }
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      ...(data.size > 0 && { data: Object.fromEntries(data) }),
      ...(binaryData.size > 0 && { binaryData: Object.fromEntries(binaryData) }),
    },
    { lineWidth: 0, version: '1.1' },
  )
}
