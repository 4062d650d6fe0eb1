import { describe, expect, it } from 'vitest'
import { BadInput } from '../../packages/sim/src/command/bad-input.ts'
import { coresForm, minutesForm, readOptions, seedsForm } from './options.ts'

const forms = { seeds: seedsForm(5000), cores: coresForm, minutes: minutesForm }
const read = (line: string) => readOptions(line.split(' ').filter(Boolean), forms, ['no-tables'])

describe('options of a long run', () => {
  it('are the usual ones where nothing was said', () => {
    const { numbers, switches, words } = read('')
    expect(numbers).toEqual({ seeds: 5000, cores: 2, minutes: Number.POSITIVE_INFINITY })
    expect([switches.size, words]).toEqual([0, []])
  })

  it('are read with and without an equals sign, and beside words', () => {
    const { numbers, switches, words } = read('-- plant --seeds 40 --minutes=0.5 --no-tables')
    expect(numbers).toEqual({ seeds: 40, cores: 2, minutes: 0.5 })
    expect([[...switches], words]).toEqual([['no-tables'], ['plant']])
  })

  it.each([
    ['--seeds abc', '--seeds: abc is no number, write a whole number from 1 to 100,000,000'],
    ['--seeds 2.5', '--seeds: 2.5 is no number, write a whole number from 1 to 100,000,000'],
    ['--seeds -5', '--seeds: -5 is too few, write a whole number from 1 to 100,000,000'],
    ['--cores 0', '--cores: 0 is too few, write a whole number from 1 to 256'],
    ['--cores', '--cores: its value is missing, write a number after it'],
    ['--cores --seeds 3', '--cores: its value is missing, write a number after it'],
    ['--minutes x', '--minutes: x is no time, write minutes, like 30 or 0.5'],
    ['--seed 3', '--seed: there is no such flag, did you mean --seeds?'],
    ['--wat', '--wat: there is no such flag, --help lists them'],
    ['--no-tables=1', '--no-tables: there is no such flag, did you mean --no-tables?'],
  ])('refuse %s in one line', (line, message) => {
    expect(() => read(line)).toThrow(new BadInput(message))
  })
})
