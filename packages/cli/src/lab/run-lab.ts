import { leftOutOf, openLab, playPlan } from '@grapevine/lab'
import type { Lab, LabEvent, LabOptions, Verdict } from '@grapevine/lab'
import { usualFolder } from '@grapevine/lab/client'
import { MeshError } from '@grapevine/core'
import type { Plan } from '@grapevine/sim'
import { Complaint, misused } from '../complain.js'
import { exitCodes } from '../exit-codes.js'
import type { ExitCode } from '../exit-codes.js'
import type { LabCall } from './carry-out.js'
import { openPage } from './open-page.js'
import { readScenario } from './scenario.js'
import { tellReady, tellVerdict } from './tell.js'

const peersUsual = 8
const portUsual = 7300

/** Runs a lab until Ctrl-C, or until its scenario is over. */
export async function runLab(call: LabCall): Promise<ExitCode> {
  const { options } = call
  const peers = options.peers === undefined ? undefined : wholeNumber('--peers', options.peers)
  const port = wholeNumber('--port', options.port ?? `${portUsual}`)
  const scenario =
    options.scenario === undefined ? undefined : await readScenario(call, options.scenario, peers)
  const ending = endOf(call)
  const plan = scenario?.plan
  const count = plan?.peers ?? peers ?? peersUsual
  await using lab = await open(call, {
    peers: count,
    folder: usualFolder(call.terminal.env['TMPDIR']),
    listen: options.headless ? false : `127.0.0.1:${port}`,
    program: call.terminal.env['GRAPEVINE_LAB_SERVICE'],
    signal: ending,
    onEvent: eventTeller(call, count),
  })
  tellReady(call, lab.state())
  if (!options.headless) openPage(lab.address, call.terminal)
  if (plan === undefined) {
    await untilAborted(ending)
    return exitCodes.ok
  }
  const verdict = await play(call, lab, plan, scenario?.title ?? options.scenario ?? '', ending)
  tellVerdict(call, verdict)
  return verdict.passed ? exitCodes.ok : exitCodes.failed
}

async function open(call: LabCall, options: LabOptions): Promise<Lab> {
  const page = call.options.headless ? undefined : await pageOf()
  try {
    return await openLab({ ...options, page })
  } catch (error) {
    if (!(error instanceof MeshError)) throw error
    const { code, message } = error
    const next = nextAfter(error)
    const exitCode = code === 'STORE_LOCKED' ? exitCodes.noPeer : undefined
    if (next === undefined) throw error
    throw new Complaint(exitCode ?? exitCodes.failed, code, message, { next, cause: error })
  }
}

function nextAfter({ code }: MeshError): string | undefined {
  if (code === 'LISTEN_FAILED') return `grapevine lab --port ${portUsual + 1}`
  if (code === 'STORE_LOCKED')
    return 'grapevine lab status shows it; Ctrl-C in its terminal ends it'
  return undefined
}

/** Read only where it is shown. */
async function pageOf(): Promise<LabOptions['page']> {
  const { loadPage } = await import('@grapevine/dashboard')
  return loadPage()
}

function wholeNumber(option: string, typed: string): number {
  if (/^\d{1,5}$/.test(typed) && Number(typed) <= 65_535) return Number(typed)
  throw misused(`${option} ${JSON.stringify(typed)} is no number that can be used`)
}

/** Ctrl-C, SIGTERM, or the terminal is closed. */
function endOf({ signal, terminal }: LabCall): AbortSignal {
  const hungUp = new AbortController()
  terminal.onHangup?.(() => hungUp.abort(new Error('SIGHUP')))
  return AbortSignal.any([signal, hungUp.signal])
}

const untilAborted = async (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** For whoever reads a record, all of it; for whoever sits there, how far the start is. */
function eventTeller(call: LabCall, count: number): (event: LabEvent) => void {
  if (call.common.json) return (event) => call.json(event)
  const { stderr } = call.terminal
  if (stderr.isTTY !== true || call.common.quiet) return () => {}
  let running = 0
  return (event) => {
    if (event.event !== 'peer' || event.state !== 'running' || running >= count) return
    running += 1
    stderr.write(running === count ? '\r\u001B[K' : `\r\u001B[K  ${running} of ${count} peers run`)
  }
}

async function play(
  call: LabCall,
  lab: Lab,
  plan: Plan,
  name: string,
  signal: AbortSignal,
): Promise<Verdict> {
  for (const reason of leftOutOf(plan)) {
    if (call.common.json) call.json({ event: 'left-out', reason })
    else call.say(`  left out    ${reason}`)
  }
  return playPlan(lab, {
    plan,
    name,
    signal,
    onStep({ atMs, says }) {
      if (call.common.json) call.json({ event: 'step', atMs, says })
      else call.print(`  ${`${(atMs / 1_000).toFixed(1)} s`.padStart(8)}  ${says}`)
    },
  })
}
