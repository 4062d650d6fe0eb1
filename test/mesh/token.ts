import { join } from 'node:path'
import { foundMesh, openPeer } from '@grapevine/peer'

/** Founds a closed mesh and lets in whoever comes; its first peer is not needed any more after that. */
export async function tokenFor(folder: string): Promise<string> {
  const dataDir = join(folder, 'founder')
  await foundMesh({ name: 'test', dataDir, rootKeyFile: join(folder, 'root.pem') })
  await using founder = await openPeer({ dataDir })
  const can = { '**': 'write' } as const
  const { token } = await founder.invite({ uses: 'many', can, addresses: [] })
  return token
}
