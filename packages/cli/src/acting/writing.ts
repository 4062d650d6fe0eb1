import type { PeerClient } from '@grapevine/api/client'
import type { Draft } from '@grapevine/peer'
import type { Call } from '../call.js'
import { deliver, waitOptions } from './deliver.js'
import { showDifferences } from '../shown/differences.js'
import type { ExitCode } from '../exit-codes.js'
import { flag, text } from '../verb.js'

/** Of the verbs that write a draft. */
export const writeOptions = {
  message: text('<text>', 'why, for the history', { short: 'm' }),
  requestId: text('<id>', 'written again with the same id, it is written once'),
  dryRun: flag('show what would change, and write nothing'),
  ...waitOptions,
} as const

interface WriteWish {
  readonly message: string | undefined
  readonly requestId: string | undefined
  readonly dryRun: boolean
  readonly wait: string | undefined
  readonly timeout: string | undefined
}

/** Publishes a draft, or with `--dry-run` shows what it would change. */
export async function write(
  call: Call,
  client: PeerClient,
  draft: Draft,
  { message, requestId, ...wish }: WriteWish,
): Promise<ExitCode> {
  if (wish.dryRun) return preview(call, client, draft)
  const published = await client.publish(
    { ...draft, message, requestId },
    { as: await call.signer(), signal: call.signal },
  )
  return deliver(call, published, wish)
}

export async function preview(call: Call, client: PeerClient, draft: Draft): Promise<ExitCode> {
  const differences = await client.diff(draft)
  showDifferences(call, differences)
  if (differences.length === 0) call.say('nothing would change')
  else call.say(`${countOf(differences.length, 'key')} would change; nothing was written`)
  return 0
}

export const countOf = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`
