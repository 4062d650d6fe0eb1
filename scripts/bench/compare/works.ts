import { kill, minority } from './works/availability.ts'
import { burst } from './works/burst.ts'
import { colds } from './works/cold.ts'
import { copies } from './works/copies.ts'
import { cpu } from './works/cpu.ts'
import { join } from './works/join.ts'
import { lasts } from './works/last.ts'
import { memory } from './works/memory.ts'
import { read } from './works/read.ts'
import { wire } from './works/wire.ts'
import { roundTrip, write } from './works/write.ts'
import type { Work } from './works/work.ts'

/** In the order in which they are done. */
export const works: readonly Work[] = [
  read,
  write,
  roundTrip,
  ...lasts,
  burst,
  cpu,
  wire,
  copies,
  memory,
  kill,
  minority,
  ...colds,
  join,
]
