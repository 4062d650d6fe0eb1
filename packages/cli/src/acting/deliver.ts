import type { PeerClient, Written } from '@grapevine/api/client'
import { MeshError } from '@grapevine/core'
import type { Reach } from '@grapevine/peer'
import type { Acting, Call } from '../call.js'
import { Complaint, misused } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import type { ExitCode } from '../exit-codes.js'
import { openProgress } from '../shown/progress.js'
import { missingInWords, reachInWords } from '../shown/reach-in-words.js'
import { namer } from '../shown/release-names.js'
import { onOneLine } from '../shown/shown-value.js'
import { timeOf } from '../shown/times.js'
import { checkSpan, spanMs } from '../typed/span.js'
import { text } from '../verb.js'

const countForm = /^[1-9]\d{0,8}$/

/** Of every verb that writes. Checked before anything is written. */
export const waitOptions = {
  wait: text('<all|N|30s>', 'until all members have it, or so many, or for so long', {
    check: (wait) => {
      if (wait === 'all' || countForm.test(wait) || spanMs(wait) !== undefined) return
      throw misused(
        `--wait ${JSON.stringify(wait)} cannot be used`,
        'write all, a number of members such as 3, or a time such as 30s',
      )
    },
  }),
  timeout: text('<time>', 'how long --wait waits at most: 60s if you do not say', {
    check: (timeout) => void checkSpan('--timeout', timeout),
  }),
} as const

interface WaitWish {
  readonly wait: string | undefined
  readonly timeout: string | undefined
}

/** For whom a command waits. */
interface Wait {
  /** `look`: nobody asked; what is known in a moment is told, and fails nothing. */
  readonly why: 'asked' | 'not-alone' | 'look'
  readonly peers: number | 'all'
  readonly timeout: string
}

function waitOf({ wait, timeout }: WaitWish, { by }: Acting): Wait {
  if (wait !== undefined && spanMs(wait) !== undefined) {
    return { why: 'asked', peers: 'all', timeout: wait }
  }
  if (wait !== undefined || timeout !== undefined) {
    const peers = wait === undefined || wait === 'all' ? 'all' : Number(wait)
    return { why: 'asked', peers, timeout: timeout ?? '60s' }
  }
  // It leaves with this command: until somebody else has it, a dead disk here would be its end.
  if (by === 'own') return { why: 'not-alone', peers: 2, timeout: '30s' }
  return { why: 'look', peers: 'all', timeout: '1s' }
}

/** The end of every verb that writes: says which release it is, and who has it. */
export async function deliver(call: Call, written: Written, wish: WaitWish): Promise<ExitCode> {
  const { common, signal } = call
  const acting = await call.peer()
  const name = await announce(call, acting.client, written)
  const wait = waitOf(wish, acting)
  if (wait.why === 'look' && (common.quiet || common.json)) return exitCodes.ok
  try {
    const outcome = await follow(call, acting.client, written, wait)
    return outcome === undefined ? exitCodes.ok : judge(call, { name, wait, acting, outcome })
  } catch (error) {
    // Nobody shall take it for undone because the waiting was given up.
    if (signal.aborted)
      call.say(`release ${name} is written; grapevine receipts ${name} tells who has it`)
    throw error
  }
}

async function announce(call: Call, client: PeerClient, written: Written): Promise<string> {
  const name = (await namer(client))(written)
  if (call.common.json) call.json(written)
  else if (written.isNew)
    call.print(
      `release ${name}${written.authorName === undefined ? '' : ` by ${onOneLine(written.authorName)}`}`,
    )
  else {
    call.say('nothing to write: it is like that already')
    call.print(`release ${name}`)
  }
  return name
}

interface Outcome {
  readonly reach: Reach
  readonly isReached: boolean
}

/** undefined: the peer said nothing about anybody. */
async function follow(
  call: Call,
  client: PeerClient,
  { name }: Written,
  { why, peers, timeout }: Wait,
): Promise<Outcome | undefined> {
  const { signal, common } = call
  const progress = why === 'look' ? undefined : openProgress(call)
  let reach: Reach | undefined
  try {
    for await (const now of client.reach(name, { peers, timeout, signal })) {
      reach = now
      progress?.show(now)
      if (common.json) call.json(now)
      if (why !== 'asked' && isAllThatCanBeKnown(now, why)) break
    }
    return reach && { reach, isReached: true }
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== 'NOT_REACHED') throw error
    // Whoever asked for it is not told that all is well.
    if (reach === undefined && why !== 'look') throw error
    return reach && { reach, isReached: false }
  } finally {
    progress?.end()
  }
}

/** Whoever was never heard may just have come. */
const isAllThatCanBeKnown = ({ members, receipts }: Reach, why: Wait['why']): boolean =>
  why === 'not-alone'
    ? members === 1
    : receipts.every(
        (one) =>
          one.receipt !== 'pending' && !(one.receipt === 'silent' && one.heardAt === undefined),
      )

interface Delivered {
  readonly name: string
  readonly wait: Wait
  readonly acting: Acting
  readonly outcome: Outcome
}

function judge(call: Call, { name, wait, acting, outcome }: Delivered): ExitCode {
  const { reach, isReached } = outcome
  if (reach.members === 1 && (isReached || wait.why !== 'asked')) {
    call.say('  only this machine has it: no other member is known here')
    return exitCodes.ok
  }
  if (wait.why === 'look') call.say(`  ${reachInWords(reach, Date.now())}`)
  if (reach.refused > 0 || !(isReached || wait.why === 'look')) {
    const [replicaDigits = ''] = name.split('·')
    const lines = missingInWords(reach, { replicaDigits, timeOf })
    for (const line of lines) call.say(`    ${line}`)
  }
  if (isReached || wait.why === 'look') return exitCodes.ok
  const isAlone = reach.reached <= 1 && acting.by === 'own'
  throw new Complaint(
    exitCodes.notReached,
    'NOT_REACHED',
    isAlone
      ? `only this machine has ${name}: nobody else took it within ${wait.timeout}`
      : `not everyone has it: ${reachInWords(reach, Date.now())}`,
    { next: `grapevine receipts ${name} · grapevine rollback ${name}` },
  )
}
