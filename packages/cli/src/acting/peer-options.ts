import type { PeerOptions } from '@grapevine/peer'
import { aFlag, aText, addresses, labels, settingOf } from '../typed/setting.js'
import type { Settings } from '../typed/settings.js'
import type { Terminal } from '../terminal.js'

type Named = 'name' | 'labels' | 'listen' | 'announce' | 'peers' | 'mdns'

/** What is said of the peer that runs here; the library checks what it means. */
export function peerOptions(
  settings: Settings,
  { env }: Pick<Terminal, 'env'>,
  flags: Pick<PeerOptions, Named> = {},
): Pick<PeerOptions, Named | 'dataDir'> {
  const sources = { settings, env }
  return {
    dataDir: settings.dataDir,
    name: settingOf(sources, 'name', aText, flags.name),
    labels: settingOf(sources, 'labels', labels, flags.labels),
    listen: settingOf(sources, 'listen', addresses, flags.listen),
    announce: settingOf(sources, 'announce', addresses, flags.announce),
    peers: settingOf(sources, 'peers', addresses, flags.peers),
    mdns: settingOf(sources, 'mdns', aFlag, flags.mdns),
  }
}
