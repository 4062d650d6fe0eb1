import { useState } from 'preact/hooks'
import { useDesk } from '../context.js'
import type { LabPeer, PeerDeed } from '../lab-wire.js'
import { tried } from '../parts/toasts.js'

/** What can be done to a peer of the lab. */
export function PeerDeeds({ peer }: { peer: LabPeer }) {
  const { lab } = useDesk()
  const [doing, setDoing] = useState<PeerDeed>()
  if (lab === undefined) return null
  const { number, name, state } = peer
  const isUp = state === 'running' || state === 'paused'

  async function act(deed: PeerDeed): Promise<void> {
    setDoing(deed)
    await tried(async () => lab?.act(number, deed), `${name}: `)
    setDoing(undefined)
  }

  const button = (deed: PeerDeed, says: string, hint: string, isPossible: boolean) => (
    <button
      class={deed === 'kill' ? 'danger' : ''}
      title={hint}
      disabled={!isPossible || doing !== undefined}
      aria-busy={doing === deed}
      onClick={() => void act(deed)}
    >
      {says}
    </button>
  )

  return (
    <div class="mesh-deeds" role="group" aria-label={`What can be done to ${name}`}>
      {state === 'paused'
        ? button('resume', 'Resume', 'SIGCONT: it goes on where it stood', true)
        : button('pause', 'Pause', 'SIGSTOP: it stands still, its lines open', state === 'running')}
      {state === 'stopped'
        ? button('start', 'Start', 'opens it again, with the disk it had', true)
        : button('stop', 'Stop', 'SIGTERM: it ends in good order', state === 'running')}
      {button('kill', 'Kill', 'SIGKILL: it is gone at once, with whatever it was doing', isUp)}
      <button
        disabled={lab.through.value === number}
        title="keys, releases and figures as this peer has them; what is written is written there"
        onClick={() => (lab.through.value = number)}
      >
        Look through this peer
      </button>
    </div>
  )
}
