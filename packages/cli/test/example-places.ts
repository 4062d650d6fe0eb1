import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openStage, startCommand } from './stage.js'
import type { Ran, Running } from './stage.js'
import type { Sitting } from './fake-terminal.js'

/** Where an example is run: a folder with files, and peers that hold what it speaks of. */
export interface Place extends AsyncDisposable {
  readonly folder: string
  /** The release that examples call `7f3a·412`. */
  readonly release: string
  start(args: readonly string[], sitting?: Sitting): Running
  run(args: readonly string[], sitting?: Sitting): Promise<Ran>
}

const values = {
  'payments/db/pool.max': 50,
  'payments/db/url': 'postgres://db',
  'payments/limits': { daily: 500 },
  'shop/banner': 'Welcome',
  'shop/checkout/max-items': 10,
  'shop/logo': new Uint8Array([1, 2, 3]),
  'shop/old/a': 1,
  'shop/old/b': 2,
  'shop/old/c': 3,
}

/** What runs until it is told to end. */
const server = `#!/usr/bin/env node
if (process.argv.includes('reload')) process.exit(console.log('reloaded'))
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(0))
setInterval(() => {}, 1000)
console.log('at work')
`

const files: Readonly<Record<string, string | Uint8Array>> = {
  'app.conf.liquid': 'pool {{ payments.db["pool.max"] }}\n',
  'bin/nginx': server,
  'conf/payments.yaml': 'payments:\n  limits:\n    daily: 700\n',
  'conf/shop.json': '{"shop": {"banner": "Sale!"}}',
  'db.toml': 'url = "postgres://other"\n',
  'kv.json': JSON.stringify([
    { key: 'old/one', flags: 0, value: Buffer.from('1').toString('base64') },
    { key: 'old/two', flags: 0, value: Buffer.from('two').toString('base64') },
  ]),
  'logo.png': new Uint8Array([137, 80, 78, 71]),
  password: 'hunter2\n',
  'prod.yaml': 'payments:\n  db:\n    pool.max: 900\n',
  'server.js': server,
}

async function putFiles(folder: string): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content, { mode: name.startsWith('bin/') ? 0o755 : 0o644 })
  }
}

/** A closed mesh in memory, with a conflict, a secret and a release to look back at. */
export async function busyMesh(): Promise<Place> {
  const can = { bob: { '**': 'write' }, warehouse: { '**': 'write' } } as const
  const stage = await openStage(['alice', 'bob', 'warehouse'], {
    closed: true,
    can,
    values,
    onNotice: () => {},
  })
  await putFiles(stage.folder)
  const { peer, mesh } = stage
  await peer.setSecret('shop/db/password', 'hunter2', { to: 'members' })
  await mesh.settle()
  mesh.cut(['alice', 'bob'], ['warehouse'])
  const set = { 'shop/banner': 'Sale!', 'payments/db/pool.max': 900 }
  const { replica, seq } = await peer.publish({ set, message: 'raise pool for the sale' })
  await stage.peerOf('warehouse').set('shop/banner', 'Closed')
  mesh.heal()
  await mesh.settle()
  return { ...stage, release: `${replica.slice(0, 8)}·${seq}` }
}

/** A folder in which somebody has founded a mesh, with the real network and the real disk. */
export async function foundedFolder(): Promise<Place> {
  const place = await emptyFolder()
  await succeed(place, ['init', 'shop', '--yes', '--name', 'alice'])
  return place
}

/** Beside it, the peer that was founded runs, and has made tokens. */
export async function besideRunning(): Promise<Place> {
  const founded = await foundedFolder()
  const env = { GRAPEVINE_DATA_DIR: join(founded.folder, '.grapevine') }
  const up = founded.start(['up', '--listen', '127.0.0.1:0'], { env })
  await up.wrote('runs in shop')
  for (const name of ['peer', 'ann', 'run/secrets/token']) {
    const file = name.includes('/') ? name : `${name}.token`
    await mkdir(dirname(join(founded.folder, file)), { recursive: true })
    await succeed(founded, ['invite', '--can', '**=write', '--out', file], { env })
  }
  const elsewhere = { GRAPEVINE_DATA_DIR: join(founded.folder, 'other') }
  const start = (args: readonly string[], sitting: Sitting = {}): Running =>
    founded.start(args, { ...sitting, env: { ...elsewhere, ...sitting.env } })
  return {
    ...founded,
    start,
    run: async (args, sitting) => start(args, sitting).ended,
    async [Symbol.asyncDispose]() {
      up.interrupt()
      await up.ended
      await founded[Symbol.asyncDispose]()
    },
  }
}

export async function withBackup(): Promise<Place> {
  const place = await foundedFolder()
  await succeed(place, ['backup', 'alice.backup'])
  return place
}

export async function emptyFolder(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-cli-'))
  await putFiles(folder)
  const start = (args: readonly string[], sitting: Sitting = {}): Running =>
    startCommand(args, folder, sitting)
  return {
    folder,
    release: '7f3a·412',
    start,
    run: async (args, sitting) => start(args, sitting).ended,
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true, force: true }),
  }
}

async function succeed(place: Place, args: readonly string[], sitting?: Sitting): Promise<void> {
  const { code, err } = await place.run(args, sitting)
  if (code !== 0) throw new Error(`grapevine ${args.join(' ')} ended with ${code}: ${err}`)
}
