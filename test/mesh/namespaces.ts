import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { groupOf } from './ground.ts'
import type { Ground } from './ground.ts'

/**
 * Networks and disks that exist for the test alone. Each namespace has no name, and lives as long as
 * a process that reads from this one: when the test ends, in whatever way, the kernel takes them away.
 */
interface Holder extends AsyncDisposable {
  /** What stands before a command that is to run in there. */
  readonly within: readonly string[]
  readonly pid: number
}

type Kind = 'net' | 'mount'

const isRoot = process.getuid?.() === 0
/** While a child is waited for in one step, no time limit of a test can end it. */
const bounded = { timeout: 20_000, killSignal: 'SIGKILL' } as const

/** Whoever is not root is root in a user namespace of its own. */
const asRoot = isRoot ? [] : ['--user', '--map-root-user']

/** Whether this machine lets us: a bridge, and a mount. */
export const canUseNamespaces: boolean =
  process.platform === 'linux' &&
  trial(
    '--net',
    'ip link add switch0 type bridge && ip link add cable0 type veth peer name cable1',
  ) &&
  trial('--mount', 'mount -t tmpfs none /mnt') &&
  spawnSync('nsenter', ['--version'], bounded).status === 0

function trial(flag: string, command: string): boolean {
  return spawnSync('unshare', [...asRoot, flag, 'sh', '-c', command], bounded).status === 0
}

async function hold(kind: Kind, within: readonly string[], setUp: string): Promise<Holder> {
  // Whoever is root in there already makes the next one as root.
  const credentials = within.length === 0 ? asRoot : []
  const script = `${setUp || ':'} && echo ready && exec cat`
  const unshare = ['unshare', ...credentials, `--${kind}`, 'sh', '-c', script]
  const [command = '', ...args] = [...within, ...unshare]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const { pid = 0 } = child
  await readiness(child)
  const users = isRoot ? [] : ['--user', '--preserve-credentials']
  return {
    pid,
    within: ['nsenter', '--target', `${pid}`, ...users, `--${kind}`],
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => child.once('close', resolve))
      child.stdin.end()
      await closed
    },
  }
}

const readiness = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve())
    child.once('close', (code) => reject(new Error(`no namespace: unshare ended with ${code}`)))
  })

function run(within: readonly string[], command: string): void {
  const [program, ...args] = [...within, 'sh', '-c', command]
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', ...bounded })
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`)
}

const subnet = '10.77.0'
const port = 7_000

/**
 * Each peer in a network of its own, on a switch. A cut puts peers on different switches: nothing
 * arrives any more and nobody is told, as when a cable is drawn.
 */
export async function namespaces(count: number): Promise<Ground> {
  const switches = Array.from({ length: count }, (_, index) => `switch${index}`)
  const setUp = switches
    .map((name) => `ip link add ${name} type bridge && ip link set ${name} up`)
    .join(' && ')
  const outer = await hold('net', [], setUp)
  const rooms: Holder[] = []
  for (let index = 0; index < count; index++) {
    const room = await hold('net', outer.within, 'ip link set lo up')
    rooms.push(room)
    run(
      outer.within,
      `ip link add cable${index} type veth peer name eth0 netns ${room.pid} && ` +
        `ip link set cable${index} master switch0 up`,
    )
    run(room.within, `ip addr add ${subnet}.${index + 1}/24 dev eth0 && ip link set eth0 up`)
  }
  const plug = (index: number, to: number): void =>
    run(outer.within, `ip link set cable${index} master switch${to}`)
  const addresses = rooms.map((_, index) => `${subnet}.${index + 1}:${port}`)
  return {
    isBeyondMachine: true,
    place: (index) => ({
      listen: addresses.slice(index, index + 1),
      peers: addresses.filter((_, other) => other !== index),
      within: rooms[index]?.within ?? [],
    }),
    async cut(...groups) {
      for (const index of rooms.keys()) plug(index, Math.max(0, groupOf(groups, index)))
    },
    async heal() {
      for (const index of rooms.keys()) plug(index, 0)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...rooms, outer].map((holder) => holder[Symbol.asyncDispose]()))
    },
  }
}

/** A disk of a few hundred kilobytes. */
export interface SmallDisk extends AsyncDisposable {
  readonly within: readonly string[]
  /** Takes what is left of its space, and gives it back. */
  fill(): Promise<void>
  free(): Promise<void>
}

export async function smallDisk(path: string, kilobytes: number): Promise<SmallDisk> {
  const holder = await hold(
    'mount',
    [],
    `mount -t tmpfs -o size=${kilobytes}k,mode=700 none ${path}`,
  )
  // Seen from outside through whoever holds it.
  const ballast = join(`/proc/${holder.pid}/root`, path, 'ballast')
  return {
    within: holder.within,
    async fill() {
      const chunk = Buffer.alloc(4096)
      await writeFile(ballast, '')
      for (;;) {
        try {
          await writeFile(ballast, chunk, { flag: 'a' })
        } catch {
          return
        }
      }
    },
    free: () => unlink(ballast),
    [Symbol.asyncDispose]: () => holder[Symbol.asyncDispose](),
  }
}
