/**
 * The command line of the fault suites, apart from the process: arguments in, lines out, an exit code back.
 *
 * 1. Exit code 0 means that at least one run was made and no invariant was broken; 1 that one was broken or a suite
 *    died; 2 that the command line was wrong.
 * 2. With `--json`, the output is one JSON object and progress goes to the log.
 */
import { parseArgs } from 'node:util'
import type { FaultOptions, FaultReport, FaultSuite } from './fault-suite.js'

export interface FaultOutput {
  /** Takes a line of the result. */
  readonly print: (line: string) => void
  /** Takes a line of progress. */
  readonly log: (line: string) => void
}

interface SuiteResult extends FaultReport {
  readonly suite: string
  readonly durationMs: number
  /** Why the suite itself gave up, if it did. */
  readonly error?: string
}

interface Command {
  readonly names: readonly string[]
  readonly options: Omit<FaultOptions, 'log'>
  readonly json: boolean
  readonly help: boolean
}

export async function runFaultCommand(
  args: readonly string[],
  suites: readonly FaultSuite[],
  output: FaultOutput,
): Promise<0 | 1 | 2> {
  const command = parse(args, suites)
  if (typeof command === 'string') {
    output.print(command)
    output.print(usage(suites))
    return 2
  }
  if (command.help) {
    output.print(usage(suites))
    return 0
  }
  const results: SuiteResult[] = []
  for (const suite of chosen(command, suites)) {
    const result = await runSuite(suite, command, output)
    results.push(result)
    if (!command.json) output.print(described(result))
  }
  const ok = results.length > 0 && results.every(isClean)
  if (command.json) output.print(JSON.stringify({ ok, suites: results }, undefined, 2))
  return ok ? 0 : 1
}

/** The command, or what is wrong with it. */
function parse(args: readonly string[], suites: readonly FaultSuite[]): Command | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kills: { type: 'string' },
        seeds: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    const unknown = positionals.find((name) => !suites.some((suite) => suite.name === name))
    if (unknown !== undefined) return `There is no fault suite "${unknown}".`
    const options = { kills: count('kills', values), seeds: count('seeds', values), seed: count('seed', values) }
    return { names: positionals, options, json: values.json, help: values.help }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function count(flag: string, values: Readonly<Record<string, string | boolean | undefined>>): number | undefined {
  const text = values[flag]
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${flag} takes a whole number, not "${text}".`)
  return value
}

function chosen({ names }: Command, suites: readonly FaultSuite[]): readonly FaultSuite[] {
  return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name))
}

async function runSuite(suite: FaultSuite, command: Command, output: FaultOutput): Promise<SuiteResult> {
  const started = performance.now()
  const elapsed = (): number => Math.round(performance.now() - started)
  const log = (line: string): void => output.log(`${suite.name}: ${line}`)
  try {
    const report = await suite.run({ ...command.options, log })
    return { suite: suite.name, durationMs: elapsed(), ...report }
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { suite: suite.name, durationMs: elapsed(), runs: 0, violations: [], error: message }
  }
}

function isClean({ runs, violations, error }: SuiteResult): boolean {
  return runs > 0 && violations.length === 0 && error === undefined
}

function described(result: SuiteResult): string {
  const { suite, runs, violations, facts = {}, durationMs, error } = result
  const seconds = (durationMs / 1_000).toFixed(1)
  const head = `${isClean(result) ? 'ok  ' : 'FAIL'} ${suite}: ${runs} runs, ${violations.length} violations, ${seconds} s`
  return [
    head,
    ...Object.entries(facts).map(([name, value]) => `     ${name}: ${value}`),
    ...violations.map(({ invariant, message, seed }) => `     ${invariant} (seed ${seed}): ${message}`),
    ...(error === undefined ? [] : [`     ${error}`]),
  ].join('\n')
}

function usage(suites: readonly FaultSuite[]): string {
  const width = Math.max(0, ...suites.map(({ name }) => name.length))
  return [
    'Usage: npm run faults -- [suite ...] [--kills N] [--seeds N] [--seed N] [--json]',
    ...suites.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
  ].join('\n')
}
