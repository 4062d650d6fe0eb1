import { fileURLToPath } from 'node:url'

/** Where workers of the tests write what they are doing, when `stalled.ts` asks them. */
export const reportFolder = fileURLToPath(
  new URL('../node_modules/.cache/grapevine/stalled', import.meta.url),
)
