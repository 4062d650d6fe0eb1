import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveApi } from '@grapevine/api'
import type { Peer } from '@grapevine/peer'
import { testMesh } from '@grapevine/peer/testing'
import type { TestMesh, TestMeshOptions } from '@grapevine/peer/testing'
import { run } from '../src/run.js'
import { fakeTerminal } from './fake-terminal.js'
import type { Sitting } from './fake-terminal.js'
import { wordsOf } from './words.js'

export interface Ran {
  readonly code: number
  /** What went to standard output, and nothing else. */
  readonly out: string
  readonly outBytes: Buffer
  readonly err: string
}

export interface RunOptions extends Sitting {
  /** Whose data directory it is about; the first peer's by default. */
  readonly at?: string | undefined
}

export interface Running {
  readonly ended: Promise<Ran>
  out(): string
  err(): string
  /** Resolves once standard output, or standard error, holds this; rejects where the command has ended without. */
  wrote(text: string): Promise<void>
  /** Ctrl-C. */
  interrupt(): void
  /** SIGHUP. */
  hangUp(): void
}

/** Peers of a mesh in memory, each with the API it really has, and commands that are run beside them. */
export interface Stage extends AsyncDisposable {
  readonly mesh: TestMesh
  /** The first one: commands speak to it unless they say another. */
  readonly peer: Peer
  /** Where commands are run: the data directories `alice`, `bob`… lie in it. */
  readonly folder: string
  peerOf(name: string): Peer
  /** A command to its end. A text is split as a shell would. */
  run(command: string | readonly string[], options?: RunOptions): Promise<Ran>
  /** One that goes on until it is interrupted. */
  start(command: string | readonly string[], options?: RunOptions): Running
  /** Its process is gone, as far as commands can tell; the peer itself goes on. */
  stopServing(name: string): Promise<void>
  serve(name: string): Promise<void>
}

export async function openStage(
  names: readonly string[] = ['alice'],
  options: TestMeshOptions = {},
): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'grapevine-cli-'))
  const mesh = await testMesh(names, options)
  const peers = new Map(mesh.peers.map((peer) => [peer.name, peer]))
  const apis = new Map<string, Awaited<ReturnType<typeof serveApi>>>()
  const peerOf = (name: string): Peer => {
    const peer = peers.get(name)
    if (peer === undefined) throw new Error(`${name} is not on this stage`)
    return peer
  }
  const serve = async (name: string): Promise<void> => {
    const dataDir = join(folder, name)
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    apis.set(name, await serveApi(peerOf(name), { dataDir }))
  }
  const stopServing = async (name: string): Promise<void> => {
    await apis.get(name)?.close()
    apis.delete(name)
  }
  const [first = 'alice'] = names
  for (const name of peers.keys()) await serve(name)

  const start = (command: string | readonly string[], sitting: RunOptions = {}): Running => {
    const { at = first, env, ...rest } = sitting
    const dataDir = join(folder, at)
    return startCommand(command, folder, {
      ...rest,
      env: { NO_COLOR: '1', TMPDIR: folder, GRAPEVINE_DATA_DIR: dataDir, ...env },
    })
  }
  return {
    mesh,
    peer: peerOf(first),
    folder,
    peerOf,
    start,
    run: async (command, sitting) => start(command, sitting).ended,
    serve,
    stopServing,
    async [Symbol.asyncDispose]() {
      await Promise.all([...apis.values()].map(async (api) => api.close()))
      await mesh.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A command in a folder, with nothing around it but what it is given. */
export function startCommand(
  command: string | readonly string[],
  cwd: string,
  sitting: Sitting,
): Running {
  const { terminal, out, outBytes, err, interrupt, hangUp, onWritten } = fakeTerminal(cwd, sitting)
  const args = typeof command === 'string' ? wordsOf(command) : command
  const ended = run(args, terminal).then((code): Ran => ({
    code,
    out: out(),
    outBytes: outBytes(),
    err: err(),
  }))
  const wrote = async (text: string): Promise<void> =>
    new Promise((found, fail) => {
      const look = (): boolean => {
        if (!out().includes(text) && !err().includes(text)) return false
        stop()
        found()
        return true
      }
      const stop = onWritten(look)
      if (look()) return
      const without = ({ code }: Ran): Error =>
        new Error(`${args.join(' ')} ended with ${code} and never wrote ${text}\n${out()}${err()}`)
      ended.then((ran) => void (look() || fail(without(ran))), fail)
    })
  return { ended, out, err, wrote, interrupt, hangUp }
}
