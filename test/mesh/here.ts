import { openPeer } from '@grapevine/peer'
import type { Clock, Notice } from '@grapevine/peer'
import { commandsOf } from './commands.ts'
import { callOn, remoteOf } from './driver.ts'
import type { Driver } from './driver.ts'
import type { Ledger } from './ledger.ts'
import type { Opening } from './program.ts'

/** Opens a peer in this very process. */
export async function openHere(
  opening: Omit<Opening, 'failpoint' | 'countsTimers' | 'detours' | 'haste'>,
  { ledger, clock }: { readonly ledger?: Ledger; readonly clock?: Clock } = {},
): Promise<Driver> {
  const notices: Notice[] = []
  const began = performance.now()
  const peer = await openPeer({
    ...opening,
    clock,
    onNotice: (notice) => void notices.push(notice),
  })
  const openMs = performance.now() - began
  const commands = commandsOf(peer, async (event) => {
    if (event.told === 'asked') ledger?.asked(event.write)
    else if (event.told !== 'failed') ledger?.answered(event.value, event.told)
  })
  return {
    name: opening.name,
    id: peer.id,
    openMs,
    notices,
    ask: remoteOf(callOn(commands)),
    [Symbol.asyncDispose]: () => peer.close(),
  }
}
