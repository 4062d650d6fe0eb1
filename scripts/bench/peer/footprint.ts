import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { command, root } from '../../command.ts'
import { median } from '../../measure.ts'
import type { Figure } from '../../measure.ts'
import { meshName } from './mesh.ts'
import { startMember } from './processes.ts'
import type { Member } from './processes.ts'
import { temporary } from './temporary.ts'

const rounds = 5
/** By then what only the start took is let go of, as far as Node does that at all. */
const settleMs = 3_000
const megabyte = 1e6

/** What a peer costs the service that has it, before it does anything. */
export async function* footprint(): AsyncGenerator<Figure> {
  yield* starting()
  yield* installing()
}

async function* starting(): AsyncGenerator<Figure> {
  using folder = temporary()
  const imports: number[] = []
  const opens: { first: number[]; again: number[] } = { first: [], again: [] }
  const resident: { bare: number[]; peer: number[] } = { bare: [], peer: [] }
  for (let round = 0; round < rounds; round++) {
    await using bare = startMember()
    resident.bare.push(await residentMegabytes(bare))
    for (const time of ['first', 'again'] as const) {
      await using member = startMember()
      const dataDir = folder.at(`peer-${round}`)
      const { importMs, openMs } = await member.ask('open', { dataDir, mesh: meshName })
      imports.push(importMs)
      opens[time].push(openMs)
      if (time === 'first') resident.peer.push(await residentMegabytes(member))
      await member.ask('close')
    }
  }
  const bare = median(resident.bare)
  yield {
    what: 'resident memory of an idle peer beyond a Node that does nothing',
    unit: 'MB',
    rounds: resident.peer.map((peer) => peer - bare),
    floor: bare,
  }
  yield { what: 'import of @grapevine/peer', unit: 'ms', rounds: imports }
  yield { what: 'openPeer in an empty folder', unit: 'ms', rounds: opens.first }
  yield { what: 'openPeer in a folder it knows', unit: 'ms', rounds: opens.again }
}

async function residentMegabytes(member: Member): Promise<number> {
  await pause(settleMs)
  return (await member.ask('usage')).residentBytes / megabyte
}

/** As a stranger would: from the tarballs, into a folder of its own, with nothing run on the way. */
async function* installing(): AsyncGenerator<Figure> {
  using folder = temporary()
  const tarballs = []
  for (const name of ['core', 'peer']) tarballs.push(await pack(name, folder.path))
  writeFileSync(folder.at('package.json'), JSON.stringify({ private: true }))
  await run(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs],
    folder.path,
  )
  const lock = readFileSync(folder.at('node_modules/.package-lock.json'), 'utf8')
  const { packages } = JSON.parse(lock) as { readonly packages: Readonly<Record<string, unknown>> }
  rmSync(folder.at('node_modules/.package-lock.json'))
  const files = bytesUnder(folder.at('node_modules'))
  yield {
    what: 'packages installed for @grapevine/peer alone',
    unit: 'packages',
    rounds: [Object.keys(packages).length],
  }
  yield { what: 'what they take on the disk', unit: 'MB', rounds: [files / megabyte] }
}

/** By pnpm, which writes real versions into the manifest. */
async function pack(name: string, into: string): Promise<string> {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8')
  const { packageManager } = JSON.parse(manifest) as { readonly packageManager: string }
  const before = new Set(readdirSync(into))
  const args = ['-y', packageManager, 'pack', '--pack-destination', into]
  await run('npx', args, join(root, 'packages', name))
  const tarball = readdirSync(into).find((file) => !before.has(file) && file.endsWith('.tgz'))
  if (tarball === undefined) throw new Error(`${name} was not packed`)
  return join(into, tarball)
}

async function run(file: string, args: readonly string[], cwd: string): Promise<void> {
  const { exitCode, output } = await command(file, args, { cwd })
  if (exitCode !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${exitCode}:\n${output}`)
}

function bytesUnder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
