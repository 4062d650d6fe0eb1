import { MeshError } from '@grapevine/core'
import { verifyDataDir } from '@grapevine/peer'
import type { Call, Style } from '../call.js'
import { Complaint } from '../complain.js'
import { ill, well } from '../doctor/finding.js'
import type { Finding } from '../doctor/finding.js'
import { examineMachine } from '../doctor/machine.js'
import { examinePeer } from '../doctor/peer.js'
import { exitCodes } from '../exit-codes.js'
import { runningPeer } from '../acting/running.js'
import { commandIn } from '../shown/next-command.js'
import { upSettings } from '../up/settings.js'
import { verb } from '../verb.js'

export const doctor = verb({
  name: 'doctor',
  says: 'looks at this machine, its peer and its view of the others, and says what to do',
  more: `It looks at the version of Node, who can read the folder, room and fsync of the disk, the clock
against those of the others, the badge, the addresses, who is silent, and what the peer complained
of. Where no peer runs it verifies the store as well, and opens the peer for a moment.
Exit code: 1 if anything fails.`,
  examples: [
    { line: 'grapevine doctor', says: 'a line each: ok, warn or fail' },
    { line: 'grapevine doctor --json', says: 'an object a line' },
  ],
  async run(call) {
    const findings: Finding[] = []
    for await (const finding of examine(call)) {
      findings.push(finding)
      tell(call, finding)
    }
    const count = (is: Finding['is']): number => findings.filter((one) => one.is === is).length
    const fails = count('fail')
    call.say(`${findings.length} looks: ${fails} fail, ${count('warn')} warn`)
    return fails === 0 ? exitCodes.ok : exitCodes.failed
  },
})

async function* examine(call: Call): AsyncGenerator<Finding, undefined> {
  const { settings, terminal } = call
  yield examineSettings(call)
  const machine = await examineMachine(settings.dataDir)
  yield* machine
  if (machine.some(({ is, check }) => is === 'fail' && check !== 'room')) return undefined
  const { listen = [] } = upSettingsIfSound(call) ?? {}
  const client = await runningPeer(call)
  if (client !== undefined) {
    await using running = client
    yield* await examinePeer({ client: running, socket: settings.socket, listen })
    return undefined
  }
  const store = await examineStored(settings.dataDir)
  yield* store
  if (store.some(({ is }) => is !== 'ok')) return undefined
  try {
    const { client: own } = await call.peer()
    yield* await examinePeer({ client: own, socket: undefined, listen })
  } catch (error) {
    if (!(error instanceof MeshError) || terminal.interrupted.aborted) throw error
    yield ill('fail', 'peer', `it does not open: ${error.message}`, 'do what that says')
  }
  return undefined
}

const upSettingsIfSound = ({ settings, terminal }: Call) => {
  try {
    return upSettings(settings, terminal)
  } catch {
    return undefined
  }
}

function examineSettings({ settings, terminal }: Call): Finding {
  try {
    upSettings(settings, terminal)
    const isThere = settings.file.size > 0
    return well(
      'settings',
      isThere ? `${settings.fileName} says nothing odd` : 'no file, all as usual',
    )
  } catch (error) {
    if (!(error instanceof Complaint)) throw error
    return ill('fail', 'settings', error.message, error.next ?? 'mend it')
  }
}

/** While nobody has it open, every byte can be looked at. */
async function examineStored(dataDir: string): Promise<readonly Finding[]> {
  try {
    const { records, faults, doubt } = await verifyDataDir(dataDir)
    const [fault] = faults
    if (fault !== undefined) {
      return [ill('fail', 'store', `it is damaged: ${fault}`, commandIn(dataDir, 'repair'))]
    }
    const sound = `${records} records are sound`
    return [
      well('store', doubt === undefined ? sound : `${sound}; ${doubt}: it takes a new replica id`),
    ]
  } catch (error) {
    if (!(error instanceof MeshError)) throw error
    return error.code === 'STORE_LOCKED'
      ? [
          ill(
            'warn',
            'socket',
            `${String(error.data['holder'])}, and serves no API here`,
            'have that service call serveApi from @grapevine/api: then more can be looked at',
          ),
        ]
      : [ill('fail', 'store', error.message, 'do what that says')]
  }
}

const styles = { ok: 'green', warn: 'yellow', fail: 'red' } as const satisfies Record<
  Finding['is'],
  Style
>

function tell(call: Call, finding: Finding): void {
  if (call.common.json) return call.json(finding)
  const { check, is, says, todo } = finding
  call.print(`${call.paint(styles[is], is.padEnd(4))}  ${check.padEnd(8)}  ${says}`)
  if (todo !== undefined) call.print(`                → ${todo}`)
}
