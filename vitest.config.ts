import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const APART = 'test/faults/**/*.test.ts'

/** For what one file does for all: the workers inherit it. Each project reads this file anew. */
process.env.ROSCIUS_TEST_RUN ??= randomUUID()

export default defineConfig({
  resolve: {
    alias: [
      { find: /^roscius$/, replacement: at('./src/index.ts') },
      { find: 'roscius/console', replacement: at('./src/control/index.ts') },
      { find: 'roscius/inspect', replacement: at('./src/inspect/index.ts') },
      { find: 'roscius/machines', replacement: at('./machines/index.ts') },
      { find: 'roscius/actors', replacement: at('./actors/index.ts') },
      { find: 'roscius/model', replacement: at('./actors/model/index.ts') },
      { find: 'roscius/mcp', replacement: at('./actors/mcp/index.ts') },
      { find: 'roscius/memory', replacement: at('./src/memory/index.ts') },
      { find: 'roscius/testing', replacement: at('./src/testing/index.ts') },
      { find: 'roscius/level', replacement: at('./src/persistence/level-store.ts') },
    ],
  },
  test: {
    reporters: ['default', './.ci/tally-reporter.ts'],
    // Vitest leaves one processor to itself by default, and has nothing to do there: on two that would double the time.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/support/tidy.ts'],
    // Loading what is tested takes longer than most tests: the files of a worker share it. Those that count what a process
    // costs, or break one, have a process of their own.
    projects: [
      { extends: true, test: { name: 'together', include: ['test/**/*.test.ts'], exclude: [APART], isolate: false } },
      { extends: true, test: { name: 'apart', include: [APART] } },
    ],
  },
})
