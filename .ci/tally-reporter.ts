import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'

/** Counts the tests by result; whatever failed outside of a test (a file that doesn't load) counts as a failure too. */
function tally(modules: readonly TestModule[], unhandled: readonly SerializedError[]): string {
  let passed = 0
  let failed = unhandled.length
  for (const module of modules) {
    failed += module.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') passed += 1
      if (state === 'failed') failed += 1
    }
  }
  return `${passed} passed, ${failed} failed`
}

/** Ends a run with one plain line, `N passed, N failed`, for programs that read the output. List it last. */
export default class TallyReporter implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.#vitest?.logger.log(tally(modules, unhandled))
  }
}
