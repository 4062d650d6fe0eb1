import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { compare } from './compare.ts'
import { compileJobs } from './compile.ts'
import { openJobs } from './jobs.ts'
import { cellOf } from './report.ts'
import { amounts } from './works/work.ts'

it('measures in processes of their own, and says of the others why not', async () => {
  const options = { systems: ['floor', 'grapevine'], works: ['round-trip'], rounds: 1 }
  const said: string[] = []
  const report = await compare(options, (line) => said.push(line))
  expect(cellOf(report, 'round-trip', 'floor')?.samples.length).toBeGreaterThan(0)
  expect(cellOf(report, 'round-trip', 'grapevine')).toMatchObject({
    samples: [],
    note: 'this is measured of the floor only',
  })
  expect(said).toContain('round-trip, floor, round 1 of 1')
})

it('ends a job at its limit, and one that fails is only told of; neither leaves anything', async () => {
  using compiled = await compileJobs()
  await using jobs = openJobs(compiled.file)
  const late = await jobs.run({ system: 'floor', work: 'write', amounts }, 1)
  expect(late).toEqual({ measured: [], failed: 'it took longer than 0.001 s' })
  const failed = await jobs.run({ system: 'floor', work: 'flying', amounts }, 60_000)
  expect(failed).toEqual({ measured: [], failed: 'there is no work called flying' })
  expect(ownFolders()).toEqual([])
})

/** Of this very process: others may be measuring, too. */
const ownFolders = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`grapevine-bench-${process.pid}-`))
