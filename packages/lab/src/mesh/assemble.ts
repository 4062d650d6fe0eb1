import type { Controls } from '../controls.js'
import type { LabFolder } from '../folder.js'
import { createHub } from '../http/hub.js'
import type { Hub } from '../http/hub.js'
import { openSwitchboard } from '../lines/switchboard.js'
import { freePorts } from '../ports.js'
import type { LabEvent, LabState } from '../wire.js'
import { createConditions } from './conditions.js'
import { createMeasure } from './figures.js'
import { createFleet } from './fleet.js'
import type { Fleet } from './fleet.js'
import { createStanding } from './standing.js'

interface Wanted {
  readonly peers: number
  readonly folder: LabFolder
  readonly program: string
  readonly onEvent: (event: LabEvent) => unknown
  /** Where it can be seen, once it can. */
  readonly place: { readonly address: string }
}

interface Assembled {
  readonly controls: Controls
  readonly hub: Hub
  readonly fleet: Fleet
}

/** Ties the parts of a lab together; none of its peers runs yet. */
export async function assembleMesh(
  { peers, folder, program, onEvent, place }: Wanted,
  closers: (() => Promise<unknown>)[],
): Promise<Assembled> {
  const ports = await freePorts(peers)
  const switchboard = await openSwitchboard(ports)
  closers.push(switchboard.close)
  const measure = createMeasure()
  const conditions = createConditions(peers, switchboard.weather, () => hub.changed())
  let scenario: LabState['scenario']
  const state = (): LabState => ({
    peers: standing.peers(),
    groups: conditions.groups(),
    lines: conditions.lines(),
    address: place.address,
    ...(scenario !== undefined && { scenario }),
  })
  const hub = createHub(state, () => measure.tick(Date.now()))
  closers.push(async () => hub.close())
  const fleet = createFleet({
    folder,
    ports,
    switchboardPort: switchboard.port,
    program,
    onCounts: measure.counts,
    onArrivals(arrivals) {
      for (const arrival of arrivals) measure.arrival(arrival, standing.reachableFrom(arrival.peer))
      hub.arrived(arrivals)
    },
    onChange(event) {
      hub.changed()
      if (event !== undefined) onEvent(event)
    },
  })
  closers.push(fleet.end)
  const standing = createStanding(fleet.members, conditions)
  const controls: Controls = {
    state,
    carryOut: fleet.carryOut,
    wipe: fleet.wipe,
    cut(groups) {
      conditions.cut(groups)
      onEvent({ event: 'cut', groups: conditions.groups() })
    },
    setLines: conditions.setLines,
    change(wish) {
      conditions.change(wish)
      onEvent({ event: 'lines', ...wish })
    },
    heal() {
      conditions.heal()
      onEvent({ event: 'healed' })
    },
    tell(told) {
      scenario = told
      hub.changed()
    },
  }
  return { controls, hub, fleet }
}
