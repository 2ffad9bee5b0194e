// Vitest settings: where the tests are, how long one may take, how many files run at once.
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // For what hangs; nothing is asserted by it, and a busy machine takes many times as long as an idle one.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: 'test/support/set-up.ts',
    pool: 'forks',
    // The files of one worker share what they import: loading it anew for each took a third of the time.
    isolate: false,
    // Many tests wait for a process or a socket: with one file for each core, cores would stand idle.
    maxWorkers: availableParallelism() + 1,
  },
})
