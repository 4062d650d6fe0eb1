import { BadInput, nearest } from './bad-input.js'
import { duration } from './units.js'

/**
 * What can go wrong, as a user says it: `name[=value[:detail]][@from[..until]]`, several of them
 * separated by commas. Without a window a fault is there for the whole run.
 */
export interface FaultWish {
  readonly name: FaultName
  readonly value?: string
  readonly detail?: string
  readonly fromMs?: number
  readonly untilMs?: number
  /** As it was written, and where: every message about it begins so. */
  readonly where: string
}

/**
 * links, peers: from the beginning of the window to its end. moments: at `from` exactly if there is
 * no `until`, otherwise at moments of chance within the window.
 */
export type FaultGroup = 'links' | 'peers' | 'moments'

interface FaultForm {
  readonly group: FaultGroup
  readonly example: string
  readonly says: string
  /** The field of a scenario file that holds what may follow the colon. */
  readonly detail?: string
}

export const faultForms = {
  loss: { group: 'links', example: 'loss=5%', says: 'frames that get lost' },
  duplicate: {
    group: 'links',
    example: 'duplicate=5%:1s',
    says: 'frames that come twice, the second up to 1 s later',
    detail: 'later',
  },
  reorder: { group: 'links', example: 'reorder=10%', says: 'frames that overtake others' },
  truncate: { group: 'links', example: 'truncate=1%', says: 'frames of which only a part arrives' },
  delay: {
    group: 'links',
    example: 'delay=20ms',
    says: 'how long a frame is under way, on average',
  },
  clog: {
    group: 'links',
    example: 'clog=0.5%:2s',
    says: 'frames that stop their link for up to 2 s',
    detail: 'stop',
  },
  bandwidth: { group: 'links', example: 'bandwidth=64kbit/s', says: 'what each link can carry' },
  down: {
    group: 'links',
    example: 'down=10%',
    says: 'links that are dead: so many, a share, or all of alice',
  },
  'half-open': {
    group: 'links',
    example: 'half-open=3',
    says: 'links of which one direction is silent',
  },
  slow: { group: 'links', example: 'slow=3', says: 'links that carry 8 kB/s' },
  flap: { group: 'links', example: 'flap=10%', says: 'links that come and go' },
  lossy: { group: 'links', example: 'lossy=alice', says: 'links that lose every other frame' },
  partition: {
    group: 'links',
    example: 'partition=halves@10s..40s',
    says: 'halves, one, ring, bridge, asymmetric, regions; one:alice',
    detail: 'who',
  },
  absent: {
    group: 'peers',
    example: 'absent=alice@10s..40s',
    says: 'out of reach, still running and writing',
  },
  pause: { group: 'peers', example: 'pause=2@10s..15s', says: 'stand still, and do not know it' },
  leave: {
    group: 'peers',
    example: 'leave=2@10s..40s',
    says: 'gone, then back with an empty disk',
  },
  clock: {
    group: 'peers',
    example: 'clock=+1h:alice@10s',
    says: 'a wall clock that is off',
    detail: 'who',
  },
  drift: {
    group: 'peers',
    example: 'drift=200ppm',
    says: 'clocks too fast or too slow by up to so much; 9ppm:alice',
    detail: 'who',
  },
  restore: {
    group: 'peers',
    example: 'restore=1@10s..40s',
    says: 'the store of 10 s is back at 40 s; 1:untold: unnoticed',
    detail: 'told',
  },
  rolling: {
    group: 'peers',
    example: 'rolling=2s',
    says: 'everybody restarts in turn, down for 2 s',
  },
  hostile: {
    group: 'peers',
    example: 'hostile=2:forge+replay',
    says: 'members that lie and attack',
    detail: 'tricks',
  },
  crash: {
    group: 'moments',
    example: 'crash=6/min:torn',
    says: 'dies; unsynced writes: kept, lost, torn, reordered',
    detail: 'unsynced',
  },
  'disk-full': {
    group: 'moments',
    example: 'disk-full=alice@20s',
    says: 'writes to the disk fail',
  },
  'lose-disk': {
    group: 'moments',
    example: 'lose-disk=10%@20s',
    says: 'back with an empty disk under the old name',
  },
  clone: {
    group: 'moments',
    example: 'clone=1@20s',
    says: 'a copy of a living store starts beside it',
  },
  skip: { group: 'moments', example: 'skip=2w@30s', says: 'weeks in which nothing happens' },
} as const satisfies Readonly<Record<string, FaultForm>>

export type FaultName = keyof typeof faultForms

export const faultNames = Object.keys(faultForms) as readonly FaultName[]

export const formOf = (name: FaultName): FaultForm => faultForms[name]

/** `loss=5%,partition=halves@10s..40s`; `none` or nothing at all: no faults. */
export function parseFaults(text: string, where: string): readonly FaultWish[] {
  if (text.trim() === '' || text.trim() === 'none') return []
  return text.split(',').map((one) => parseFault(one.trim(), where))
}

export function parseFault(text: string, where: string): FaultWish {
  const [, typed = '', value, detail, window] =
    /^([^=@]*)(?:=([^:@]*)(?::([^@]*))?)?(?:@(.*))?$/.exec(text) ?? []
  if (text === '') throw new BadInput(`${where}: there is a comma too many, leave it away`)
  const placed = `${where}: ${text}`
  const name = faultName(typed, placed)
  if (detail !== undefined && formOf(name).detail === undefined) {
    throw new BadInput(
      `${placed}: nothing goes after the colon, write it like ${formOf(name).example}`,
    )
  }
  return {
    name,
    ...(value === undefined || value === '' ? {} : { value }),
    ...(detail === undefined || detail === '' ? {} : { detail }),
    ...(window === undefined ? {} : parseWindow(window, placed)),
    where: placed,
  }
}

export function faultName(name: string, where: string): FaultName {
  const found = faultNames.find((known) => known === name)
  if (found !== undefined) return found
  const meant = nearest(name, faultNames)
  const advice = meant === undefined ? '--help faults lists them' : `did you mean ${meant}?`
  throw new BadInput(`${where}: there is no such fault, ${advice}`)
}

function parseWindow(window: string, where: string): Pick<FaultWish, 'fromMs' | 'untilMs'> {
  const [from, until, ...more] = window.split('..')
  if (from === '' || more.length > 0) {
    throw new BadInput(`${where}: @${window} is no window, write it like @10s or @10s..40s`)
  }
  const fromMs = duration(from!, where)
  return until === undefined || until === ''
    ? { fromMs }
    : { fromMs, untilMs: duration(until, where) }
}
