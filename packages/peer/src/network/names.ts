import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

/**
 * A lookup takes one of the few threads that the disk needs as well, for as long as a name server does
 * not answer. There is one set of threads for the whole process, so there is one queue for it.
 */
const lookupsMax = 2
const waiting: (() => void)[] = []
let lookups = 0

/** All addresses of a host, each time anew: a name can stand for many peers, and for others tomorrow. */
export async function addressesOf(host: string, family: 0 | 4 | 6 = 0): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  if (lookups < lookupsMax) lookups += 1
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    const found = await lookup(host, { all: true, family })
    return [...new Set(found.map(({ address }) => address))]
  } finally {
    const next = waiting.shift()
    if (next === undefined) lookups -= 1
    else next()
  }
}
