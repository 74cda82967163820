/** What came of a scenario: data. */
import { type Interval, wilson } from './wilson.js'

export interface CriterionReport extends Interval {
  readonly name: string
  readonly passed: number
  /** `passed` of all trials, 0 to 1; with `low` and `high`, its Wilson interval at 95 %. */
  readonly rate: number
}

export interface TrialFailure {
  /** Run the scenario with `seeds: [seed]` to see this trial again. */
  readonly seed: string
  /** Names of the criteria that did not hold, with the reason where there is one. */
  readonly failed: readonly { readonly criterion: string; readonly why?: string }[]
  /** What the drive threw, in words, or that it came to no end. Then no criterion holds. */
  readonly error?: string
}

export interface ScenarioReport {
  readonly name: string
  readonly seed: string
  readonly trials: number
  /** Trials in which every criterion held. */
  readonly passed: number
  readonly criteria: readonly CriterionReport[]
  readonly failures: readonly TrialFailure[]
  /** Simulated ms of a trial. */
  readonly simulatedMs: { readonly median: number; readonly longest: number }
}

export interface Trial {
  readonly seed: string
  readonly simulatedMs: number
  readonly failed: TrialFailure['failed']
  readonly error?: string
}

export function reportOf(
  name: string,
  seed: string,
  criteria: readonly string[],
  trials: readonly Trial[],
): ScenarioReport {
  const failures = trials.filter(({ failed, error }) => failed.length > 0 || error !== undefined)
  const times = trials.map(({ simulatedMs }) => simulatedMs).sort((a, b) => a - b)
  return {
    name,
    seed,
    trials: trials.length,
    passed: trials.length - failures.length,
    criteria: criteria.map((criterion) => criterionReport(criterion, trials)),
    failures: failures.map(({ simulatedMs, ...failure }) => failure),
    simulatedMs: { median: times[times.length >> 1] ?? 0, longest: times.at(-1) ?? 0 },
  }
}

function criterionReport(name: string, trials: readonly Trial[]): CriterionReport {
  const holds = ({ failed }: Trial): boolean => failed.every(({ criterion }) => criterion !== name)
  const passed = trials.filter(holds).length
  return { name, passed, rate: passed / trials.length, ...wilson(passed, trials.length) }
}

/**
 * The report as a page of Markdown: a table of the criteria, and the trials that failed with their seeds.
 *
 * @example
 * ```ts
 * import { scenarioMarkdown, type ScenarioReport } from 'roscius/testing'
 *
 * declare const report: ScenarioReport
 * console.log(scenarioMarkdown(report))
 * ```
 */
export function scenarioMarkdown(report: ScenarioReport): string {
  const { name, seed, trials, passed, criteria, failures, simulatedMs } = report
  const rows = criteria.map(
    ({ name: criterion, passed: count, rate, low, high }) =>
      `| ${cell(criterion)} | ${count} of ${trials} | ${percent(rate)} | ${percent(low)} to ${percent(high)} |`,
  )
  return [
    `# ${cell(name)}`,
    '',
    `${passed} of ${trials} trials passed; seed \`${seed}\`; a trial takes ${ms(simulatedMs.median)} of simulated time (median), ${ms(simulatedMs.longest)} at most.`,
    '',
    '| criterion | passed | rate | 95 % interval |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...(failures.length === 0 ? [] : ['## Failures', '', ...failures.map(failureLine), '']),
  ].join('\n')
}

function failureLine({ seed, failed, error }: TrialFailure): string {
  const whys = failed.map(({ criterion, why }) => (why === undefined ? criterion : `${criterion} (${why})`))
  return `- seed \`${seed}\`: ${cell(error ?? whys.join('; '))}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}

/** On one line, and in one cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}
