/**
 * What a system must be able to do to be compared. Works are written once, over these; an adapter
 * leaves out what its system cannot do.
 */
export interface System {
  readonly name: string
  readonly title: string
  readonly kind: 'floor' | 'grapevine' | 'other'
  readonly settings: Settings
  /** Why it cannot be measured here; undefined: it can. */
  missing(): Promise<string | undefined>
  version(): Promise<string>
  /** Of a system whose clients need servers. Without: its clients are all there is. */
  readonly startServers?: (folder: string, options: ServersOptions) => Promise<Servers>
  open(site: Site): Promise<Client>
  /** Only the first client can write. */
  readonly hasOneWriter?: boolean
  /** Why it does not do this work, by the name of the work. */
  readonly cannot?: Readonly<Record<string, string>>
}

/** Said beside the figures: they mean little without. */
export interface Settings {
  /** When a write counts as done: who has flushed it to a disk, and who has a copy. */
  readonly write: string
  /** Where a read is answered. */
  readonly read: string
  /** How watchers hear of something. */
  readonly watch: string
}

/** Where a client is opened: plain values, because it may be in another process. */
export interface Site {
  /** Its own folder, kept over a restart. */
  readonly folder: string
  /** 0 for the one that writes. */
  readonly index: number
  /** One for each server; a client stays at one of them. */
  readonly servers: readonly string[]
  readonly server: number
  /** Where the first client can be found; empty for itself. */
  readonly first: readonly string[]
}

export type Told = (key: string, value: string, atMs?: number) => void

export interface Client extends AsyncDisposable {
  /** Where others find it. */
  readonly place: readonly string[]
  /** Resolves once it is connected with the others, of so many in all. */
  linked?(count: number): Promise<void>
  read(key: string): string | undefined | Promise<string | undefined>
  /** Answers when this system calls it done. */
  write(this: void, key: string, value: string): Promise<unknown>
  /** The soonest that others can hear of something, where that is another way than `write`. */
  publish?(this: void, key: string, value: string): Promise<unknown>
  watch(prefix: string, told: Told): Promise<void>
  /** Writes so many keys below `filled/`, in the largest pieces that it takes. */
  fill?(this: void, keys: number): Promise<void>
  /** How many keys below a prefix it can read, values included. */
  count?(prefix: string): number | Promise<number>
  /** There and back again, over one connection. */
  roundTrip?(): Promise<unknown>
}

/** A process whose costs count as the system's. */
export interface Running {
  pid(): number
}

export interface ServersOptions {
  /** What they say to each other goes through proxies that count, which costs time. */
  readonly isCounted: boolean
}

export interface Servers extends AsyncDisposable {
  readonly places: readonly string[]
  readonly nodes: readonly Running[]
  /** All end as they are asked to, and start again on their disks; answers when they were started. */
  restart(): Promise<number>
  /** One that was killed starts again on its disk; answers when it is ready. */
  revive(index: number): Promise<void>
  /** What they have said to each other so far, in bytes; 0 where nobody counts. */
  bytesBetween(): number
}

/** Which piece of a key space to write at once. */
export function* filledKeys(keys: number, atOnce: number): Generator<readonly string[]> {
  for (let from = 0; from < keys; from += atOnce) {
    const count = Math.min(atOnce, keys - from)
    yield Array.from({ length: count }, (_, index) => filledKey(from + index))
  }
}

export const filledKey = (index: number): string => `filled/item-${index}`
