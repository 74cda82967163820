import { expect, test } from 'vitest'
import { runFaultCommand } from './fault-command.js'
import type { FaultOptions, FaultReport, FaultSuite } from './fault-suite.js'

const clean: FaultReport = { runs: 3, violations: [] }
const broken: FaultReport = {
  runs: 3,
  violations: [{ invariant: 'I3', message: 'event e7 was handled twice', seed: 42 }],
  facts: { recoveries: 3 },
}

function suiteOf(name: string, report: FaultReport | Error, seen: FaultOptions[] = []): FaultSuite {
  return {
    name,
    description: `attacks ${name}`,
    run: async (options) => {
      seen.push(options)
      options.log('started')
      if (report instanceof Error) throw report
      return report
    },
  }
}

async function run(args: readonly string[], suites: readonly FaultSuite[]) {
  const printed: string[] = []
  const logged: string[] = []
  const output = { print: (line: string) => printed.push(line), log: (line: string) => logged.push(line) }
  const exitCode = await runFaultCommand(args, suites, output)
  return { exitCode, text: printed.join('\n'), logged }
}

test('runs every suite when none is named', async () => {
  const { exitCode, text, logged } = await run([], [suiteOf('crash', clean), suiteOf('power', clean)])
  expect(exitCode).toBe(0)
  expect(text).toMatch(/ok {3}crash: 3 runs, 0 violations.*\nok {3}power: 3 runs/)
  expect(logged).toEqual(['crash: started', 'power: started'])
})

test('runs only the suites that are named, with the numbers given', async () => {
  const crash: FaultOptions[] = []
  const power: FaultOptions[] = []
  const args = ['crash', '--kills', '200', '--seeds', '5', '--seed', '0']
  await run(args, [suiteOf('crash', clean, crash), suiteOf('power', clean, power)])
  expect(crash).toMatchObject([{ kills: 200, seeds: 5, seed: 0 }])
  expect(power).toEqual([])
})

test('a violation is printed with its seed and fails the command', async () => {
  const { exitCode, text } = await run([], [suiteOf('crash', clean), suiteOf('power', broken)])
  expect(exitCode).toBe(1)
  expect(text).toContain('FAIL power: 3 runs, 1 violations')
  expect(text).toContain('I3 (seed 42): event e7 was handled twice')
})

test('a suite that dies fails the command and says why', async () => {
  const { exitCode, text } = await run([], [suiteOf('crash', new Error('the worker never started'))])
  expect(exitCode).toBe(1)
  expect(text).toContain('the worker never started')
})

test('a suite that made no run proves nothing and fails the command', async () => {
  expect((await run([], [suiteOf('crash', { runs: 0, violations: [] })])).exitCode).toBe(1)
})

test('a command without any suite fails', async () => {
  expect((await run([], [])).exitCode).toBe(1)
})

test('--json prints one object with every suite', async () => {
  const { exitCode, text } = await run(['--json'], [suiteOf('crash', clean), suiteOf('power', broken)])
  expect(exitCode).toBe(1)
  expect(JSON.parse(text)).toMatchObject({ ok: false, suites: [{ suite: 'crash' }, { suite: 'power', ...broken }] })
})

test.each([
  ['a suite that does not exist', ['earthquake'], 'There is no fault suite "earthquake".'],
  ['a flag that does not exist', ['--many'], 'Unknown option'],
  ['a number that is none', ['--kills', 'many'], '--kills takes a whole number, not "many".'],
])('refuses %s and shows the usage', async (_claim, args, message) => {
  const { exitCode, text } = await run(args, [suiteOf('crash', clean)])
  expect(exitCode).toBe(2)
  expect(text).toContain(message)
  expect(text).toContain('Usage: npm run faults')
})
