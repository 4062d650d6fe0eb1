import { describe, expect, it } from 'vitest'
import { openStage } from '../../test/stage.js'

describe('grapevine sim', () => {
  it('plays a mesh, and writes its report where the command is', async () => {
    await using stage = await openStage()
    const { code, out } = await stage.run('sim --peers 4 --for 5s --seed 7 --no-report')
    expect(code, out).toBe(0)
    expect(out).toContain('seed 7')
  })

  it('leaves every option and exit code to the simulator', async () => {
    await using stage = await openStage()
    expect((await stage.run('sim --help')).out).toContain('--faults')
    expect((await stage.run('sim --scenarios')).out).toContain('two-datacentres')
    expect((await stage.run('sim --nonsense 3')).code).toBe(2)
  })
})
