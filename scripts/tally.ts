/** What a test runner reports at its end; a runner that could not count has one failure. */
export type Tally = Readonly<{ passed: number; failed: number; skipped: number }>

/** The part of vitest's JSON report that the count rests on. */
export type VitestReport = Readonly<{
  testResults: readonly Readonly<{
    status: string
    assertionResults: readonly Readonly<{ status: string }>[]
  }>[]
}>

const crashed: Tally = { passed: 0, failed: 1, skipped: 0 }

/**
 * Counts one vitest run. Failures that belong to no test still count: a file that does not load,
 * a hook that throws, an error between tests (only the exit code knows of that one).
 */
export function tallyVitest(report: VitestReport | undefined, exitCode: number): Tally {
  if (report === undefined) return crashed
  let [passed, failed, skipped] = [0, 0, 0]
  for (const { status, assertionResults } of report.testResults) {
    const statuses = assertionResults.map((test) => test.status)
    const failures = statuses.filter((each) => each === 'failed').length
    const passes = statuses.filter((each) => each === 'passed').length
    passed += passes
    failed += status === 'failed' ? Math.max(failures, 1) : failures
    skipped += statuses.length - passes - failures
  }
  if (exitCode !== 0 && failed === 0) failed = 1
  return { passed, failed, skipped }
}

/** Counts a command that has no tests of its own: silent when fine, one failure when not. */
export function tallyCommand(exitCode: number): Tally {
  return exitCode === 0 ? { passed: 0, failed: 0, skipped: 0 } : crashed
}

/** A run in which no test was executed proves nothing, so it is a failure. */
export function sum(tallies: readonly Tally[]): Tally {
  const total = (part: keyof Tally): number => tallies.reduce((so, tally) => so + tally[part], 0)
  const [passed, failed, skipped] = [total('passed'), total('failed'), total('skipped')]
  return { passed, failed: passed + failed === 0 ? 1 : failed, skipped }
}

export function lastLine({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`
  return skipped > 0 ? `${line}, ${skipped} skipped` : line
}
