/**
 * Brings the systems onto this machine that `npm run bench` compares Grapevine with. None of them is a
 * dependency: packages go into a folder that Git ignores, servers come from Debian where that is possible.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf } from './bench/compare/installed.ts'
import { orbitEntry } from './bench/compare/orbitdb-entry.ts'
import { systemNamed, systemNames } from './bench/compare/systems.ts'
import { command } from './command.ts'

interface Packages {
  readonly system: string
  readonly names: readonly string[]
  /** What the adapter imports: one name for each package. */
  readonly entry: string
}

/** The newest that run on the oldest Node that Grapevine runs on. */
const packages: readonly Packages[] = [
  {
    system: 'etcd',
    names: ['etcd3@1.1.2'],
    entry: `import * as etcd3 from 'etcd3'\nexport { etcd3 }\n`,
  },
  {
    system: 'zookeeper',
    names: ['node-zookeeper-client@1.1.3'],
    entry: `export { default as zookeeper } from 'node-zookeeper-client'\n`,
  },
  {
    system: 'nats',
    names: ['nats@2.29.3'],
    entry: `import * as nats from 'nats'\nexport { nats }\n`,
  },
  {
    system: 'redis',
    names: ['redis@6.3.1'],
    entry: `import * as redis from 'redis'\nexport { redis }\n`,
  },
  {
    system: 'hyperbee',
    names: ['hypercore@11.30.0', 'hyperbee@2.26.0', 'corestore@7.5.0'],
    entry: `export { default as Corestore } from 'corestore'\nexport { default as Hyperbee } from 'hyperbee'\n`,
  },
  {
    system: 'orbitdb',
    names: [
      '@orbitdb/core@3.0.2',
      'libp2p@2',
      '@chainsafe/libp2p-gossipsub@14',
      '@chainsafe/libp2p-noise@16',
      '@chainsafe/libp2p-yamux@7',
      '@libp2p/identify@3',
      '@libp2p/tcp@10',
      '@multiformats/multiaddr@12',
      '@helia/block-brokers@4',
      '@helia/routers@3',
      '@helia/utils@1',
      'blockstore-level@2',
      'datastore-level@11',
    ],
    entry: orbitEntry,
  },
]

const servers = ['etcd-server', 'zookeeper', 'nats-server', 'redis-server']

async function installPackages({ system, names, entry }: Packages): Promise<void> {
  const folder = folderOf(system)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  // What cannot be installed whole is not there.
  rmSync(join(folder, 'entry.mjs'), { force: true })
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...names]
  const { exitCode, output } = await command('npm', args, { cwd: folder })
  if (exitCode === 0) writeFileSync(join(folder, 'entry.mjs'), entry)
  else console.error(`${system}: its packages could not be installed\n${output.trim()}`)
}

/** Nothing of it is started: each run starts servers of its own. */
async function installServers(): Promise<void> {
  const isRoot = process.getuid?.() === 0
  const hasApt = (await command('apt-get', ['--version'])).exitCode === 0
  if (!isRoot || !hasApt) {
    console.error(`servers: install them yourself, as root: apt-get install ${servers.join(' ')}`)
    return
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  await command('apt-get', ['update'], { env })
  for (const server of servers) {
    const args = ['install', '-y', '--no-install-recommends', server]
    const { exitCode, output } = await command('apt-get', args, { env })
    if (exitCode !== 0) console.error(`${server} could not be installed\n${output.trim()}`)
  }
}

await installServers()
for (const one of packages) await installPackages(one)
for (const name of systemNames) {
  const system = await systemNamed(name)
  const missing = await system.missing()
  console.log(
    `${missing === undefined ? '✓' : '✗'} ${system.title}: ${missing ?? (await system.version())}`,
  )
}
