import { resolve } from 'node:path'
import type { Entry } from '@grapevine/peer'
import { misused, notFound } from '../complain.js'
import { writeConfigMap } from '../formats/config-map.js'
import { within } from '../formats/flat-names.js'
import { formatOf, formats, isFormat } from '../formats/format.js'
import { writeFormat } from '../formats/write-format.js'
import { prefixOf } from '../typed/prefixes.js'
import { replaceFile } from '../following/replace-file.js'
import { isSealed } from '../shown/shown-value.js'
import { flag, text, verb } from '../verb.js'
import { countOf } from '../acting/writing.js'

const forms = [...formats, 'configmap'] as const

type Form = (typeof forms)[number]

export const exportKeys = verb({
  name: 'export',
  says: 'writes keys and their values as a file',
  args: '[prefix]',
  options: {
    format: text(
      '<format>',
      `${forms.join(', ')}; by default what the name of the file says, or yaml`,
      {
        check: (format) => {
          if (!isForm(format))
            throw misused(
              `there is no format ${JSON.stringify(format)}`,
              `choose ${forms.join(', ')}`,
            )
        },
      },
    ),
    output: text('<file>', 'into this file, which is replaced as a whole', { short: 'o' }),
    relative: flag('leave the prefix away: publish --prefix takes it again'),
    name: text('<name>', 'what the ConfigMap is called'),
  },
  more: `Published again, what was exported changes nothing. Secrets are exported sealed, and opened by
nobody; a new file that holds some can be read by its owner only.
In .env a key is called as exec calls it: payments/db-pool is PAYMENTS_DB_POOL.`,
  examples: [
    { line: 'grapevine export payments/', says: 'as YAML' },
    { line: 'grapevine export -o all.json', says: 'everything, into a file' },
    { line: 'grapevine export payments/ --relative --format env', says: 'for a shell' },
    {
      line: 'grapevine export shop/ --format configmap --name shop',
      says: 'for kubectl apply -f -',
    },
  ],
  async run(call) {
    const { format, output, relative, name } = call.options
    const prefix = prefixOf(call.words[0])
    const form = formOf(format, output, call.common.json)
    const { client } = await call.peer()
    const { entries } = await client.entries(prefix)
    if (entries.length === 0) {
      throw notFound(
        prefix === '' ? 'there are no keys yet' : `no key begins with ${prefix}`,
        'grapevine ls',
      )
    }
    // Names without segments leave away only what is one.
    const base = relative ? prefix.slice(0, prefix.lastIndexOf('/') + 1) : ''
    const source = sourceOf(form, entries, { base, name: name ?? nameFor(prefix) })
    if (output === undefined) return call.write(Buffer.from(source))
    const hasSecrets = entries.some(({ value }) => isSealed(value))
    await replaceFile(
      resolve(call.terminal.cwd, output),
      Buffer.from(source),
      hasSecrets ? { mode: 0o600, atMost: 0o600 } : {},
    )
    call.say(
      `${countOf(entries.length, 'key')} in ${output}${hasSecrets ? ', secrets among them, sealed' : ''}`,
    )
  },
})

const isForm = (given: string): given is Form => given === 'configmap' || isFormat(given)

function formOf(format: string | undefined, output: string | undefined, isJson: boolean): Form {
  if (format !== undefined && isForm(format)) return format
  if (isJson) return 'json'
  return (output === undefined ? undefined : formatOf(output)) ?? 'yaml'
}

function sourceOf(
  form: Form,
  entries: readonly Entry[],
  { base, name }: { readonly base: string; readonly name: string },
): string {
  if (form === 'configmap') return writeConfigMap(entries, base, name)
  if (form === 'env' || form === 'properties') return writeFormat[form](entries, base)
  return writeFormat[form](
    entries.map(({ key, value }) => ({ key: within(base, key), value })),
    '',
  )
}

const nameFor = (prefix: string): string =>
  prefix
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'grapevine'
