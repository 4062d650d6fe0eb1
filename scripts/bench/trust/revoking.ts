import { quantile } from '../../measure.ts'
import type { Figure } from '../../measure.ts'
import { until } from '../peer/waiting.ts'
import { openClosedMesh } from './closed.ts'

const peers = 10
const revocations = 30

/** From the word of an admin to the end of the last connection of whom it was about. */
export async function* revoking(): AsyncGenerator<Figure> {
  await using mesh = await openClosedMesh(peers)
  const { admin } = mesh
  const tookMs: number[] = []
  for (let round = 0; round < revocations; round++) {
    const member = await mesh.join(`revoked-${round}`)
    await mesh.linked()
    const began = performance.now()
    await admin.revoke(member.id)
    await until('nobody is linked with it', () => member.status().links === 0, 60_000)
    tookMs.push(performance.now() - began)
    await mesh.leave(member)
  }
  for (const [name, share, goal] of [
    ['p50', 0.5, undefined],
    ['p99', 0.99, { of: 'median', atMost: 5_000 }],
  ] as const) {
    yield {
      what: `revocation until its last connection is closed, ${peers} peers, ${name} of ${revocations}`,
      unit: 'ms',
      rounds: [quantile(tookMs, share)],
      ...(goal && { goal }),
    }
  }
}
