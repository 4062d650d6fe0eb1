import type { Readable, Writable } from 'node:stream'

/** Where a command runs: what it may read, where it writes, and who sits in front of it. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  /** Data, and nothing else. */
  readonly stdout: Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number }
  /** Everything that is said about it. */
  readonly stderr: Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number }
  /** Aborted by Ctrl-C and by SIGTERM: a command then ends as soon as it can, and leaves nothing half done. */
  readonly interrupted: AbortSignal
  /** Of whoever computes without a pause, and could hear of no interruption: the system ends it. */
  readonly endAtOnce?: (() => void) | undefined
  /** Whoever runs on is told to read its settings again (SIGHUP); answers the way to stop. */
  readonly onHangup?: ((listener: () => void) => () => void) | undefined
}
