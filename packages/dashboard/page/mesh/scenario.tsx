import { useDesk } from '../context.js'
import { tookInWords } from '../figures/amounts.js'

/** What a scenario that is played does to the mesh just now, and how far it has come. */
export function Scenario() {
  const told = useDesk().lab?.state.value?.scenario
  if (told === undefined) return null
  const { name, says, atMs, ofMs } = told
  return (
    <p class="mesh-scenario dim small">
      Scenario <bdi>{name}</bdi>: <bdi>{says}</bdi>{' '}
      <span class="number">
        · {tookInWords(atMs)} of {tookInWords(ofMs)}
      </span>
    </p>
  )
}
