import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Value } from '@grapevine/core'
import type { Peer } from '@grapevine/peer'
import { testPeer } from '@grapevine/peer/testing'
import { afterEach } from 'vitest'
import { serveApi } from '../src/serve.js'
import type { ServeOptions } from '../src/serve.js'
import type { Served } from '../src/serve-fetch.js'

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

export interface Stage {
  readonly peer: Peer
  readonly api: Served
  readonly dataDir: string
  readonly socket: string
  readonly port: number
  readonly token: string
  /** Host and token, as an honest caller over TCP sends them. */
  readonly honest: readonly string[]
  /** All that readers could see. */
  shown(): string
}

export const canary = 'canary-7f3a91'

/** A peer with an API at both doors; gone when the test is over. */
export async function openStage(
  options: ServeOptions & {
    readonly name?: string
    readonly values?: Readonly<Record<string, Value>>
  } = {},
): Promise<Stage> {
  const { values = { 'shop/banner': canary }, name = 'alice', ...serving } = options
  const dataDir = temporaryFolder()
  const peer = await testPeer({ values, name, onNotice() {} })
  open.push(async () => peer.close())
  const api = await serveApi(peer, { dataDir, listen: '127.0.0.1:0', ...serving })
  open.push(async () => api.close())
  const port = Number(/:(\d+)$/.exec(api.addresses.at(-1) ?? '')?.[1])
  const token = api.tokenFile === undefined ? '' : readFileSync(api.tokenFile, 'utf8').trim()
  return {
    peer,
    api,
    dataDir,
    socket: join(dataDir, 'api.sock'),
    port,
    token,
    honest: [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${token}`],
    shown: () => JSON.stringify([peer.entries(), peer.history('shop/banner')]),
  }
}

/** For its owner only, as a data directory is; gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grapevine-api-'))
  open.push(async () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function closeLater(close: () => Promise<unknown>): void {
  open.push(close)
}
