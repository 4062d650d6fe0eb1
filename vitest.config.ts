import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { reportFolder } from './scripts/stalled-reports.ts'

const source = (path: string): string => new URL(path, import.meta.url).pathname

export default defineConfig({
  resolve: {
    // Tests read the sources, so that none of them needs a build.
    alias: {
      '@grapevine/core': source('./packages/core/src/index.ts'),
      '@grapevine/sim': source('./packages/sim/src/index.ts'),
      '@grapevine/peer/testing': source('./packages/peer/src/testing.ts'),
      '@grapevine/peer/conformance': source('./packages/peer/src/conformance.ts'),
      '@grapevine/peer': source('./packages/peer/src/index.ts'),
      '@grapevine/api/client': source('./packages/api/src/client/index.ts'),
      '@grapevine/api/page': source('./packages/api/src/page.ts'),
      '@grapevine/dashboard': source('./packages/dashboard/src/index.ts'),
      '@grapevine/lab/client': source('./packages/lab/src/client/index.ts'),
      '@grapevine/lab': source('./packages/lab/src/index.ts'),
      '@grapevine/api': source('./packages/api/src/index.ts'),
    },
  },
  test: {
    // Many tests wait for a line or for half a minute of silence: one more than there are cores.
    maxWorkers: availableParallelism() + 1,
    // No test is about speed: the limit only ends what hangs, on a machine that is busy with other things.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A worker can be asked from outside what it waits for: see scripts/stalled.ts.
    execArgv: [
      '--report-on-signal',
      '--report-signal=SIGUSR2',
      `--report-directory=${reportFolder}`,
    ],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          // They share nothing but modules, which are read once for all of them: that halves their time.
          isolate: false,
          include: ['packages/*/src/**/*.test.ts', 'packages/*/page/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'wholes',
          include: ['packages/*/test/**/*.test.ts', 'scripts/**/*.test.ts', 'test/**/*.test.ts'],
        },
      },
    ],
  },
})
