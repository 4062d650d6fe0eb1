import { describe, expect, it } from 'vitest'
import { lastLine, sum, tallyCommand, tallyVitest } from './tally.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
})

describe('a vitest run', () => {
  it('is counted by its tests', () => {
    const report = {
      testResults: [file('failed', 'passed', 'failed', 'failed'), file('passed', 'passed')],
    }
    expect(tallyVitest(report, 1)).toEqual({ passed: 2, failed: 2, skipped: 0 })
  })

  it('counts everything that neither passed nor failed as skipped', () => {
    const report = { testResults: [file('passed', 'passed', 'pending', 'todo', 'skipped')] }
    expect(tallyVitest(report, 0)).toEqual({ passed: 1, failed: 0, skipped: 3 })
  })

  it('counts a file that does not load as one failure', () => {
    const report = { testResults: [file('passed', 'passed'), file('failed')] }
    expect(tallyVitest(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })

  it('counts an error outside of all tests, which only the exit code knows of', () => {
    const report = { testResults: [file('passed', 'passed')] }
    expect(tallyVitest(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })

  it('is one failure when it ended before it could report', () => {
    expect(tallyVitest(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})

describe('the sum', () => {
  const passed = { passed: 3, failed: 0, skipped: 1 }

  it('adds up all runners', () => {
    expect(sum([tallyCommand(0), passed, passed])).toEqual({ passed: 6, failed: 0, skipped: 2 })
    expect(sum([tallyCommand(2), passed])).toEqual({ passed: 3, failed: 1, skipped: 1 })
  })

  it('is a failure when no test was executed', () => {
    expect(sum([])).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(sum([tallyCommand(0), { passed: 0, failed: 0, skipped: 5 }]).failed).toBe(1)
  })
})

describe('the last line', () => {
  it('speaks of skipped tests only when there are some', () => {
    expect(lastLine({ passed: 3, failed: 1, skipped: 0 })).toBe('3 passed, 1 failed')
    expect(lastLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped')
  })
})
