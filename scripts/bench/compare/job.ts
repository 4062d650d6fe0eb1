/** One work of one system, in a process and a process group of its own: whatever it starts ends with it. */
import type { Measured } from './figures.ts'
import { systemNamed } from './systems.ts'
import { works } from './works.ts'
import type { Amounts } from './works/work.ts'

/** What a job is started with. */
export interface JobOrder {
  readonly system: string
  readonly work: string
  readonly folder: string
  readonly amounts: Amounts
}

export type JobSays =
  | { readonly measured: Measured }
  | { readonly failed: string }
  | { readonly ended: true }

const order = JSON.parse(process.argv[2]!) as JobOrder
const say = (says: JobSays): void => void process.send?.(says)

// Whoever started this is gone: so is what was started here, and this process itself.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'))

async function run({ system, work, folder, amounts }: JobOrder): Promise<void> {
  const asked = works.find(({ name }) => name === work)
  if (asked === undefined) throw new Error(`there is no work called ${work}`)
  for await (const measured of asked.run({ system: await systemNamed(system), folder, amounts })) {
    say({ measured })
  }
}

try {
  await run(order)
} catch (error) {
  say({ failed: error instanceof Error ? error.message : String(error) })
  console.error(error)
  process.exitCode = 1
}
// A client of another system that will not rest is no reason to wait; all was said before.
process.removeAllListeners('disconnect')
process.send?.({ ended: true } satisfies JobSays, () => process.exit())
