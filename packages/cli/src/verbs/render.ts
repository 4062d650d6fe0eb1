import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { PeerClient } from '@grapevine/api/client'
import type { Call } from '../call.js'
import { Complaint, complaintOf, misused, notFound } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import { prefixOf } from '../typed/prefixes.js'
import { quietOption, quietMsOf } from '../following/quiet-period.js'
import { presentFile, replaceFile } from '../following/replace-file.js'
import { settled } from '../following/settled.js'
import { openTemplate } from '../following/template.js'
import type { Template } from '../following/template.js'
import { flag, text, verb } from '../verb.js'

const options = {
  output: text('<file>', 'replaced as a whole, once it is complete', { short: 'o' }),
  prefix: text('<prefix>', 'names in the template begin below it'),
  once: flag('render once and end: this is what it does without --watch'),
  watch: flag('go on, and render again after each change'),
  exec: text('<command>', 'run by the shell after the file has changed'),
  quietPeriod: quietOption,
  allowEmpty: flag('render although no key begins with the prefix'),
  dryRun: flag('print what would be written, and write nothing'),
} as const

type RenderCall = Call<typeof options>

export const render = verb({
  name: 'render',
  says: 'writes a file from a template and the values in it',
  args: '<template>',
  options,
  more: `The template is Liquid:
  {{ keys["payments/db/host"] }}             a key by its name, below --prefix or in full
  {{ payments.db.host | default: "a" }}      the same; a key that is missing stops it, unless it has a default
  {{ payments.db.password | json }}          with quotes and escapes: json, yaml, sh, properties, nginx
  {% assign all = "payments/hosts" | under %}{% for one in all %}{{ one.name }} {{ one.value }}
  {% endfor %}
A value that stands there without a filter has to be one line of text. Secrets are in no file: see exec.`,
  examples: [
    { line: 'grapevine render app.conf.liquid', says: 'to look at it' },
    { line: 'grapevine render app.conf.liquid -o app.conf', says: 'into a file' },
    {
      line: "grapevine render app.conf.liquid -o app.conf --watch --exec 'nginx -s reload'",
      says: 'for as long as it runs',
    },
  ],
  async run(call) {
    checkOptions(call)
    const path = call.word(0)
    const { allowEmpty, watch, quietPeriod } = call.options
    const prefix = prefixOf(call.options.prefix).replace(/\/$/, '')
    const bytes = await call.read(path === '-' ? path : `@${path}`)
    const template = openTemplate({ source: bytes.toString(), file: path, prefix, allowEmpty })
    const { client } = await call.peer()
    if (!watch) return renderOnce(call, client, template, prefix)
    for await (const _ of settled(call, client, slashed(prefix), quietMsOf(quietPeriod))) {
      // The file stays as it was: that is better than none.
      await renderOnce(call, client, template, prefix).catch((error: unknown) => {
        call.signal.throwIfAborted()
        const { message, next } = complaintOf(error)
        call.say(`not rendered: ${message}${next === undefined ? '' : `\n  next: ${next}`}`)
      })
    }
  },
})

function checkOptions(call: RenderCall): void {
  const { once, watch, output, exec, dryRun } = call.options
  const { cwd } = call.terminal
  if (output !== undefined && resolve(cwd, output) === resolve(cwd, call.word(0))) {
    throw misused(`${output} is the template itself`, 'name another file with --output')
  }
  if (once && watch) throw misused('--once and --watch exclude each other')
  if (watch && dryRun) throw misused('--watch and --dry-run exclude each other')
  if ((watch || exec !== undefined) && output === undefined) {
    throw misused(`${watch ? '--watch' : '--exec'} is about a file`, 'name it: --output app.conf')
  }
}

const slashed = (prefix: string): string => (prefix === '' ? '' : `${prefix}/`)

async function renderOnce(
  call: RenderCall,
  client: PeerClient,
  template: Template,
  prefix: string,
): Promise<void> {
  const { output, exec, dryRun, allowEmpty } = call.options
  const { entries } = await client.entries(slashed(prefix))
  if (entries.length === 0 && !allowEmpty) {
    throw notFound(
      prefix === ''
        ? 'there are no keys yet: nothing was rendered'
        : `no key begins with ${prefix}/: nothing was rendered`,
      'add --allow-empty if that is right',
    )
  }
  const bytes = Buffer.from(await template.render(entries))
  if (output === undefined || dryRun) return call.write(bytes)
  const file = resolve(call.terminal.cwd, output)
  const isThere = (await presentFile(file)) !== undefined
  const before = isThere ? await readFile(file).catch(() => undefined) : undefined
  if (before?.equals(bytes) === true) return call.say(`${output} is like that already`)
  await replaceFile(file, bytes)
  call.say(`${output} is written`)
  if (exec !== undefined) await runCommand(call, exec)
}

/** What it says goes where remarks go. */
async function runCommand({ terminal, signal }: RenderCall, command: string): Promise<void> {
  const ended = await new Promise<number | NodeJS.Signals>((done, fail) => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: terminal.cwd,
      env: terminal.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    for (const stream of [child.stdout, child.stderr]) stream.pipe(terminal.stderr, { end: false })
    child.on('error', fail)
    child.on('close', (code, name) => done(name ?? code ?? 0))
  })
  if (ended === 0) return
  throw new Complaint(
    exitCodes.failed,
    'COMMAND_FAILED',
    `${command} ended with ${ended}; the file is written`,
  )
}
