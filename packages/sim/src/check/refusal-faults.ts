import type * as Core from '@grapevine/core'
import { shadowFault } from './read-faults.js'
import { firstFault } from './rule.js'
import type { Looked } from './scene.js'

/** A local call that could not be carried out. */
interface Refused extends Looked {
  readonly input: Core.Input
  readonly error: Core.MeshError
}

export function stirredFault({ view, input }: Refused): string | undefined {
  if (input.type !== 'write') return undefined
  return firstFault([...(input.put?.keys() ?? []), ...(input.remove ?? [])], (key) =>
    shadowFault(view, key),
  )
}

export function unmetFault({ view, input, error }: Refused): string | undefined {
  if (input.type !== 'write' || error.code !== 'IF_MATCH_FAILED') return undefined
  const isMet = [...(input.ifMatch ?? [])].every(
    ([key, version]) => (view.shadow.get(key)?.version ?? null) === version,
  )
  return isMet ? `${view.node.name} refused a write whose condition is met` : undefined
}
