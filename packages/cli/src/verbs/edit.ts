import type { PeerClient, Written } from '@grapevine/api/client'
import { MeshError, copyValue, sameValue } from '@grapevine/core'
import type { Value } from '@grapevine/core'
import type { Entry } from '@grapevine/peer'
import { authors } from '../shown/authors.js'
import type { Call } from '../call.js'
import { Complaint, complaintOf } from '../complain.js'
import { deliver } from '../acting/deliver.js'
import { editable } from '../typed/editable.js'
import type { Editable } from '../typed/editable.js'
import { openDraft } from '../typed/editor.js'
import type { Draft } from '../typed/editor.js'
import { exitCodes } from '../exit-codes.js'
import type { ExitCode } from '../exit-codes.js'
import { unknownKey } from '../shown/near-keys.js'
import { verb } from '../verb.js'
import { preview, writeOptions } from '../acting/writing.js'

type EditCall = Call<typeof writeOptions>

export const edit = verb({
  name: 'edit',
  says: 'opens the value of a key in an editor, and writes what was saved',
  args: '<key>',
  options: writeOptions,
  more: `The editor is that of VISUAL or EDITOR. A text is edited as it is, everything else as YAML.
What cannot be written, because it is invalid or because somebody else wrote the key meanwhile, is
kept in a file, and the file is named.`,
  examples: [
    { line: 'grapevine edit payments/limits', says: 'saved unchanged, it writes nothing' },
    { line: 'EDITOR=nano grapevine edit shop/banner', says: 'with another editor' },
  ],
  async run(call) {
    const key = call.word(0)
    const { client } = await call.peer()
    const entry = await client.entry(key)
    if (entry === undefined) throw await unknownKey(client, key)
    const form = editable(key, entry.value)
    // The end of a key says most of it, and file systems take 255 bytes.
    const name = `${key.replaceAll(/[^\w.-]+/g, '-').slice(-100)}.${form.extension}`
    const draft = await openDraft(call, name, form.source)
    const value = await edited(call, draft, form, entry)
    if (value === undefined || sameValue(value, entry.value)) {
      await draft.discard()
      return call.say('nothing was changed, and nothing is written')
    }
    if (call.options.dryRun) {
      await draft.discard()
      return preview(call, client, { set: new Map([[key, value]]) })
    }
    const written = await publish(call, { client, entry, draft, value })
    await draft.discard()
    return deliver(call, written, call.options)
  },
})

/** undefined: it was saved as it was. What is no value is edited again, if somebody can. */
async function edited(
  call: Call,
  draft: Draft,
  form: Editable,
  { key }: Entry,
): Promise<Value | undefined> {
  for (;;) {
    const source = await draft.edit()
    if (source.equals(Buffer.from(form.source))) return undefined
    try {
      return copyValue(key, form.read(source))
    } catch (error) {
      const { message } = complaintOf(error)
      call.say(message)
      if (await mayEditAgain(call)) continue
      throw kept(exitCodes.usage, 'VALUE_INVALID', message, { draft, cause: error })
    }
  }
}

async function mayEditAgain(call: Call): Promise<boolean> {
  const { terminal, common } = call
  const { stdin, stderr } = terminal
  const canAsk = stdin.isTTY === true && stderr.isTTY === true && !common.noInput && !common.yes
  return canAsk && call.confirm('Edit it again?')
}

interface Edit {
  readonly client: PeerClient
  readonly entry: Entry
  readonly draft: Draft
  readonly value: Value
}

async function publish(call: EditCall, { client, entry, draft, value }: Edit): Promise<Written> {
  const { key, version } = entry
  const { message, requestId } = call.options
  try {
    return await client.publish(
      {
        set: new Map([[key, value]]),
        ifMatch: new Map([[key, version]]),
        message,
        requestId,
      },
      { as: await call.signer(), signal: call.signal },
    )
  } catch (error) {
    const { exitCode, code, message: text } = complaintOf(error)
    // An interrupted command says nothing more, so this is said before.
    if (call.signal.aborted) call.say(`what was typed is in ${draft.file}`)
    if (!(error instanceof MeshError) || code !== 'IF_MATCH_FAILED') {
      throw kept(exitCode, code, text, { draft, cause: error })
    }
    const meanwhile = await changedBy(client, key)
    throw kept(exitCode, code, `${key} was ${meanwhile} meanwhile, so nothing was written`, {
      draft,
      cause: error,
      advice: `grapevine edit ${key}, and take from there what still holds`,
    })
  }
}

async function changedBy(client: PeerClient, key: string): Promise<string> {
  const last = (await client.history(key)).at(-1)
  if (last === undefined) return 'changed'
  const authorOf = await authors(client, [last.release])
  const what = last.value === undefined ? 'removed' : 'changed'
  return `${what} by ${authorOf(last.release)}`
}

interface Kept {
  readonly draft: Draft
  readonly cause: unknown
  readonly advice?: string
}

const kept = (
  exitCode: ExitCode,
  code: string,
  message: string,
  { draft, cause, advice }: Kept,
): Complaint =>
  new Complaint(exitCode, code, message, {
    next: `what was typed is in ${draft.file}${advice === undefined ? '' : `; ${advice}`}`,
    cause,
  })
