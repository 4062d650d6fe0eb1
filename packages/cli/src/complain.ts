import { MeshError } from '@grapevine/core'
import { exitCodeOf, exitCodes } from './exit-codes.js'
import type { ExitCode } from './exit-codes.js'

/** Something that a command cannot do, in words for whoever typed it. */
export class Complaint extends Error {
  override readonly name = 'Complaint'
  readonly exitCode: ExitCode
  /** Stable, for scripts; those of the library where it was the library that refused. */
  readonly code: string
  /** What to do now: a sentence, or a command that can be typed. */
  readonly next: string | undefined

  constructor(
    exitCode: ExitCode,
    code: string,
    message: string,
    { next, cause }: { readonly next?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.exitCode = exitCode
    this.code = code
    this.next = next
  }
}

export const misused = (message: string, next?: string): Complaint =>
  new Complaint(exitCodes.usage, 'USAGE', message, { next })

export const notFound = (message: string, next?: string): Complaint =>
  new Complaint(exitCodes.notFound, 'NOT_FOUND', message, { next })

export const failed = (message: string, next?: string): Complaint =>
  new Complaint(exitCodes.failed, 'FAILED', message, { next })

/** Somebody was asked, and did not want it. */
export const declined = (message: string): Complaint =>
  new Complaint(exitCodes.interrupted, 'INTERRUPTED', message)

/** What is no complaint, and no answer of the library or the system, is a bug of ours, and is shown whole. */
export function complaintOf(error: unknown): Complaint {
  if (error instanceof Complaint) return error
  if (error instanceof MeshError) {
    return new Complaint(exitCodeOf(error.code), error.code, error.message, { cause: error })
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return failed(isOfSystem(error) ? error.message : text)
}

const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error
