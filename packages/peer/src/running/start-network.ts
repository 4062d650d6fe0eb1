import { faultText } from '../api/shown.js'
import type { Clock } from '../clock.js'
import type { Network } from '../network/network.js'

interface Starting {
  /** Resolves once others can reach this peer. */
  readonly listening: Promise<void>
  stop(this: void): void
}

/** Whatever fails, say so and try again: the peer works without others for the time being. */
export function startNetwork(
  network: Pick<Network, 'start'>,
  { clock, failed }: { readonly clock: Clock; readonly failed: (text: string) => void },
): Starting {
  let listens = (): void => {}
  const listening = new Promise<void>((resolve) => (listens = resolve))
  let cancel = (): void => {}
  let told: string | undefined
  let isStopped = false
  const start = (): void => {
    network.start().then(listens, (error: unknown) => {
      if (isStopped) return
      const text = faultText(error)
      if (text !== told) failed(text)
      told = text
      cancel = clock.after(networkAgainMs, start)
    })
  }
  start()
  return {
    listening,
    stop() {
      isStopped = true
      cancel()
    },
  }
}

const networkAgainMs = 5_000
