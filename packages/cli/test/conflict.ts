import { openStage } from './stage.js'
import type { Stage } from './stage.js'

/** alice and bob wrote `shop/banner` while they were cut off from each other. */
export async function openConflict(): Promise<Stage> {
  const stage = await openStage(['alice', 'bob'], { values: { 'shop/banner': 'before' } })
  stage.mesh.cut(['alice'], ['bob'])
  for (const name of ['alice', 'bob']) await stage.peerOf(name).set('shop/banner', `by${name}`)
  stage.mesh.heal()
  await stage.mesh.settle()
  return stage
}
