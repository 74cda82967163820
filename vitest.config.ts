import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

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
    include: ['test/**/*.test.ts'],
    reporters: ['default', './.ci/tally-reporter.ts'],
    // Vitest leaves one processor to itself by default, and has nothing to do there: on two that would double the time.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
