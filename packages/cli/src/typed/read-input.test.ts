import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readInput } from './read-input.js'

const { signal: ever } = new AbortController()

describe('what a command reads', () => {
  it('is all of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grapevine-input-'))
    const file = join(folder, 'a')
    await writeFile(file, 'é'.repeat(100_000))
    expect((await readInput(file, ever)).toString()).toBe('é'.repeat(100_000))
    await rm(folder, { recursive: true })
    expect((await readInput(Readable.from(['a', 'b']), ever)).toString()).toBe('ab')
  })

  it('has an end, or is refused before it fills the memory', async () => {
    await expect(readInput('/dev/zero', ever)).rejects.toThrow('longer than 32 MiB')
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1024 * 1024)
      })(),
    )
    await expect(readInput(endless, ever)).rejects.toThrow('longer than 32 MiB')
    expect(endless.destroyed).toBe(true)
  })

  it('may be a pipe that somebody writes to later, and is not waited for when nobody waits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grapevine-input-'))
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe], { timeout: 10_000 })
    const read = readInput(pipe, ever)
    await writeFile(pipe, 'late')
    expect((await read).toString()).toBe('late')
    const interruption = new AbortController()
    const waiting = readInput(pipe, interruption.signal)
    interruption.abort()
    await expect(waiting).rejects.toThrow('aborted')
    await rm(folder, { recursive: true })
  })
})
