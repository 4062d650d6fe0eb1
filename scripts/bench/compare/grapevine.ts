import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Peer } from '@grapevine/peer'
import { filledKeys } from './adapter.ts'
import type { Client, Site, System } from './adapter.ts'
import { valueFor } from './payload.ts'

const meshName = 'bench'

export const grapevineSettings = {
  write: 'fsync on the disk of the peer that writes, signed; the others fsync before they show it',
  read: 'memory of the same process',
  watch: 'each watcher is a peer with a disk of its own, and verifies the signature',
}

/** A peer inside the process that uses it. */
export const grapevine: System = {
  name: 'grapevine',
  title: 'Grapevine, embedded',
  kind: 'grapevine',
  settings: grapevineSettings,
  missing: async () => undefined,
  version: async () => packageVersionOf('peer'),
  open: async (site) => clientOf(await openAt(site)),
}

export function packageVersionOf(name: string): string {
  const manifest = readFileSync(join(process.cwd(), 'packages', name, 'package.json'), 'utf8')
  return `@grapevine/${name} ${(JSON.parse(manifest) as { readonly version: string }).version}`
}

/** Loaded only here, so that a process without a peer does not carry its code. */
export async function openAt({ folder, index, first }: Site): Promise<Peer> {
  const { openPeer } = await import('@grapevine/peer')
  return openPeer({
    dataDir: join(folder, 'peer'),
    mesh: meshName,
    name: `peer-${index}`,
    peers: first,
  })
}

/** In larger meshes not everybody is linked with everybody. */
const linksMax = 12

export async function clientOf(peer: Peer): Promise<Client> {
  const place = await peer.listening({ timeout: '30s' })
  return {
    place,
    async linked(count) {
      const enough = Math.min(count - 1, linksMax)
      while (peer.status().links < enough || peer.status().members < count) await pause(5)
    },
    read: (key) => peer.get(key) as string | undefined,
    write: (key, value) => peer.set(key, value),
    async watch(prefix, told) {
      peer.on('change', ({ changes }) => {
        for (const { key, value } of changes) {
          if (key.startsWith(prefix)) told(key, value as string)
        }
      })
    },
    async fill(keys) {
      for (const piece of filledKeys(keys, 250)) {
        await peer.publish({ set: new Map(piece.map((key) => [key, valueFor(key, 'filled')])) })
      }
    },
    count: (prefix) => peer.entries(prefix).length,
    [Symbol.asyncDispose]: () => peer.close(),
  }
}
