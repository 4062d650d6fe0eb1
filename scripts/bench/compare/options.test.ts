import { describe, expect, it } from 'vitest'
import { missingPackage } from './installed.ts'
import { readCompareOptions } from './options.ts'
import { systemNamed, systemNames } from './systems.ts'
import { works } from './works.ts'

const known = { systems: systemNames, works: works.map(({ name }) => name) }
const read = (...args: readonly string[]): ReturnType<typeof readCompareOptions> =>
  readCompareOptions(args, known)

describe('what is asked for', () => {
  it('is everything, unless something is chosen', () => {
    expect(read()).toMatchObject({ systems: known.systems, works: known.works, rounds: 3 })
  })

  it('keeps the order of the run, whatever order it is written in', () => {
    expect(read('--systems', 'etcd,floor').systems).toEqual(['floor', 'signed-floor', 'etcd'])
  })

  it('takes a family of works by its first word, and a system only by its whole name', () => {
    expect(read('--works', 'last').works).toEqual([
      'last-3',
      'last-10',
      'last-50',
      'last-3-apart',
      'last-10-apart',
    ])
    expect(read('--systems', 'grapevine').systems).toEqual(['grapevine'])
  })

  it('is refused with what could be chosen', () => {
    expect(() => read('--systems', 'etcd,consul')).toThrow(/consul is not known: choose from floor/)
    expect(() => read('--works', '')).toThrow(/choose from read/)
    expect(() => read('--rounds', '0')).toThrow('--rounds 0 cannot be used: write 1 to 100')
    expect(() => read('--rounds', 'many')).toThrow('--rounds many')
  })
})

describe('a system', () => {
  it('is known by its name, and says how it was set', async () => {
    for (const name of systemNames) {
      const system = await systemNamed(name)
      expect(system.name).toBe(name)
      expect(Object.values<string>({ ...system.settings }).every((text) => text.length > 0)).toBe(
        true,
      )
    }
  })

  it('says what to do where its packages are not there', () => {
    expect(missingPackage('nobody')).toBe('its packages are not installed: npm run bench-peers')
  })
})
