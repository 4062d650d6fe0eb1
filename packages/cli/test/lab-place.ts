import { openLab } from '@grapevine/lab'
import type { Lab } from '@grapevine/lab'
import { usualFolder } from '@grapevine/lab/client'
import { serviceFile } from '../../lab/test/bundles.js'
import { emptyFolder } from './example-places.js'
import type { Place } from './example-places.js'
import type { Sitting } from './fake-terminal.js'

/** A folder in which commands find labs of its own, and no peer. */
export async function whereLabsRun(): Promise<Place> {
  const place = await emptyFolder()
  const env = { NO_COLOR: '1', TMPDIR: place.folder, GRAPEVINE_LAB_SERVICE: await serviceFile() }
  const start = (args: readonly string[], sitting: Sitting = {}) =>
    place.start(args, { ...sitting, env: { ...env, ...sitting.env } })
  return { ...place, start, run: async (args, sitting) => start(args, sitting).ended }
}

/** Beside a lab of three peers. */
export async function besideLab(): Promise<Place & { readonly lab: Lab }> {
  const place = await whereLabsRun()
  const lab = await openLab({
    peers: 3,
    folder: usualFolder(place.folder),
    program: await serviceFile(),
    listen: false,
  })
  return {
    ...place,
    lab,
    async [Symbol.asyncDispose]() {
      await lab.close()
      await place[Symbol.asyncDispose]()
    },
  }
}
