import type { MeshNode } from './graph.js'

/** How a peer stands, in one word: what it is coloured by, and shaped by. */
export type Standing =
  | 'in-step'
  | 'behind'
  | 'far-behind'
  | 'starting'
  | 'paused'
  | 'stopped'
  | 'silent'

/** As many releases are more than what is just on its way. */
const farBehind = 10

export function standingOf({ state, behind = 0 }: Pick<MeshNode, 'state' | 'behind'>): Standing {
  if (state !== 'running') return state
  if (behind === 0) return 'in-step'
  return behind < farBehind ? 'behind' : 'far-behind'
}

export function standingInWords(node: Pick<MeshNode, 'state' | 'behind'>): string {
  if (node.state !== 'running') return node.state
  if (node.behind === undefined) return 'in sight'
  return node.behind === 0 ? 'in step' : `${node.behind} behind`
}

/** What the marks mean, in the order of a legend. */
export const legend: readonly (readonly [standing: Standing, says: string])[] = [
  ['in-step', 'in step'],
  ['behind', 'behind'],
  ['far-behind', `${farBehind} or more behind`],
  ['paused', 'paused'],
  ['stopped', 'stopped'],
  ['silent', 'silent'],
]
