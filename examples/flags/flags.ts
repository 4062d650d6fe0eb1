import { z } from 'zod'

/** What both services agree on. A flag is a key of its own below `flags/`: two people never collide. */
export const Flags = z.object({
  'new-checkout': z.boolean().default(false),
  'free-shipping': z.boolean().default(false),
})

export const defaults = Flags.parse({})
