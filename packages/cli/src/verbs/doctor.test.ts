import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { breakDisk, makeDisk } from '../../test/broken-disk.js'
import { openStage } from '../../test/stage.js'
import type { Finding } from '../doctor/finding.js'

const findingsOf = (out: string): readonly Finding[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding)

describe('grapevine doctor', () => {
  it('finds a peer that runs well, and says what it looked at', async () => {
    await using stage = await openStage()
    const running = stage.start('up --open try', { at: 'own' })
    await running.wrote('listens on /ip4/')
    const { code, out, err } = await stage.run('doctor --json', { at: 'own' })
    const found = findingsOf(out)
    expect(code, out).toBe(0)
    expect(found.filter(({ is }) => is === 'fail')).toEqual([])
    expect([...new Set(found.map(({ check }) => check))]).toEqual(
      ['settings', 'node', 'folder', 'key', 'room', 'fsync', 'socket', 'clock', 'reach', 'sight'], // oxfmt
    )
    expect(err).toMatch(/looks: 0 fail, \d warn/)
    running.interrupt()
    await running.ended
  })

  it('reads every byte where no peer runs, and opens it for a moment', async () => {
    await using stage = await openStage()
    await makeDisk(join(stage.folder, 'own'))
    const { code, out } = await stage.run('doctor', { at: 'own' })
    expect(code, out).toBe(0)
    expect(out).toMatch(/^ok {4}store {5}\d+ records are sound$/m)
    expect(out).toMatch(/^ok {4}sight {5}1 of 1 peers in sight$/m)
  })

  it('fails a damaged disk, with the command that repairs it', async () => {
    await using stage = await openStage()
    const dataDir = join(stage.folder, 'own')
    await makeDisk(dataDir)
    await breakDisk(dataDir)
    const { code, out } = await stage.run('doctor', { at: 'own' })
    expect(code).toBe(1)
    expect(out).toMatch(/^fail {2}store {5}it is damaged: /m)
    expect(out).toContain(`→ grapevine repair --data-dir ${dataDir}\n`)
  })

  it('fails a folder and a key that others can read, with the chmod', async () => {
    await using stage = await openStage()
    const dataDir = join(stage.folder, 'own')
    await makeDisk(dataDir)
    await chmod(dataDir, 0o755)
    await chmod(join(dataDir, 'identity.pem'), 0o644)
    const { code, out } = await stage.run('doctor', { at: 'own' })
    expect(code).toBe(1)
    expect(out).toContain(`→ chmod 700 ${dataDir}\n`)
    expect(out).toContain(`→ chmod 600 ${join(dataDir, 'identity.pem')}\n`)
    await chmod(dataDir, 0o700)
  })

  it('fails a folder without a peer, and settings that nobody reads', async () => {
    await using stage = await openStage()
    await writeFile(join(stage.folder, 'grapevine.yaml'), 'peer: [a]\n')
    const { code, out } = await stage.run('doctor', { at: 'nowhere' })
    expect(code).toBe(1)
    expect(out).toMatch(/^fail {2}settings {2}.*\n +→ did you mean peers\?$/m)
    expect(out).toMatch(/^fail {2}folder {4}.* is not there$/m)
  })

  it('looks through the API of a service that serves it', async () => {
    await using stage = await openStage(['alice', 'bob'], { closed: true })
    await writeFile(join(stage.folder, 'alice', 'identity.pem'), 'a key', { mode: 0o600 })
    const { out } = await stage.run('doctor --json')
    expect(findingsOf(out).filter(({ is }) => is === 'fail')).toEqual([])
    expect(findingsOf(out)).toContainEqual({
      check: 'reach',
      is: 'ok',
      says: expect.any(String) as string,
    })
  })
})
