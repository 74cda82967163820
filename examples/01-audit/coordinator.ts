/**
 * The coordinator: an agent that plans. It looks how far the audit is, has the files read, the findings summed up and the
 * report written, each by agents of their own.
 *
 * 1. It holds counts and words only; what was found is in the register.
 * 2. What stands in its way it asks a person. The process ends there, and the next start is the answer: then it looks again,
 *    and tries again.
 * 3. It decides by what it has seen, and keeps no plan: so it makes no difference when it was interrupted.
 */
import type { Tool } from 'roscius'
import { type BrainRule, defineAgent, delegateTo, fromRules } from 'roscius/actors'
import type { BrainRequest, Decision, Observation } from 'roscius/machines'
import { countOf } from './figures.js'
import { PATIENT } from './patience.js'
import { PLACES } from './places.js'
import { reportedSchema, toReporter } from './reporter.js'
import { failureIn, peerOutput, toolOutput } from './seen.js'
import { surveySchema } from './survey.js'
import { toWriter } from './writer.js'
import { noted } from './written-summary.js'

const PEERS = {
  crew: { supervisor: PLACES.crews, input: () => undefined },
  writer: { supervisor: PLACES.writers, input: toWriter },
  reporter: { supervisor: PLACES.reporters, input: toReporter },
}

/** The first that holds decides. */
const RULES: readonly BrainRule[] = [
  rule(
    'ask',
    ({ observations }) => obstacleIn(observations),
    (question) => ({
      event: { type: 'ASK_PERSON', question },
      reason: 'this is for a person to put right',
    }),
  ),
  rule(
    'finish',
    ({ observations }) => peerOutput(observations.at(-1), reportedSchema),
    (output) => ({
      event: { type: 'FINISH', output },
      reason: 'the report is written',
    }),
  ),
  rule(
    'look',
    ({ observations }) => (lastSurvey(observations) === undefined ? true : undefined),
    () => ({
      event: { type: 'USE_TOOL', tool: 'surveyFiles', input: {} },
      reason: 'how many files are there, and how many are left?',
    }),
  ),
  rule(
    'read',
    ({ observations }) => lastSurvey(observations)?.left || undefined,
    (left) => ({
      event: { type: 'DELEGATE', to: 'crew', task: `Read ${countOf(left, 'file')}.` },
      reason: `${countOf(left, 'file is', 'files are')} left`,
    }),
  ),
  rule(
    'sum up',
    ({ observations }) => (lastSummary(observations) === undefined ? true : undefined),
    () => ({
      event: { type: 'DELEGATE', to: 'writer', task: 'Sum up the findings.' },
      reason: 'every file is read',
    }),
  ),
  {
    name: 'report',
    decide: ({ observations }) => {
      const task = { files: lastSurvey(observations)?.files ?? 0, summary: lastSummary(observations) }
      return {
        event: { type: 'DELEGATE', to: 'reporter', task: JSON.stringify(task) },
        reason: 'there is all that a report needs',
      }
    },
  },
]

/** A rule that applies where `find` finds something, which the decision is made with. */
function rule<T>(
  name: string,
  find: (request: BrainRequest) => T | undefined,
  decide: (found: T) => Decision,
): BrainRule {
  return {
    name,
    when: (request) => find(request) !== undefined,
    decide: (request) => decide(find(request) as T),
  }
}

/** What is in the way by the newest observation, as a question. */
function obstacleIn(observations: readonly Observation[]): string | undefined {
  const newest = observations.at(-1)
  const failure = failureIn(newest)
  if (failure !== undefined) return newest?.kind === 'tool' ? `The folder could not be listed: ${failure}.` : failure
  const left = toolOutput(newest, surveySchema)?.left ?? 0
  return isCrew(observations.at(-2)) && left > 0
    ? `The workers have given up with ${countOf(left, 'file')} left.`
    : undefined
}

/** A crew has no words for what it did: the next survey shows it. */
function isCrew(seen: Observation | undefined): boolean {
  return seen?.kind === 'peer' && seen.data === undefined
}

/** The last look, if nothing has happened since that may have changed what it would show. */
function lastSurvey(observations: readonly Observation[]) {
  const stale = observations.findLastIndex((seen) => isCrew(seen) || seen.kind === 'person')
  return observations
    .slice(stale + 1)
    .map((seen) => toolOutput(seen, surveySchema))
    .findLast((found) => found !== undefined)
}

function lastSummary(observations: readonly Observation[]) {
  return observations.map((seen) => peerOutput(seen, noted)).findLast((found) => found !== undefined)
}

export const coordinatorBrain = fromRules(RULES)

export function createCoordinator(survey: Tool) {
  return defineAgent({
    goal: 'Audit the folder: every file is read, and the report is written.',
    brain: coordinatorBrain,
    tools: [survey],
    peers: Object.keys(PEERS),
    delegate: delegateTo(PEERS),
    ...PATIENT,
  })
}
