/** A worker: an agent with one tool, which reads. It decides after each page whether to go on. */
import type { Tool } from 'roscius'
import { defineAgent, fromRules } from 'roscius/actors'
import { PATIENT } from './patience.js'
import { pageSchema } from './read-files.js'
import { failureIn, toolOutput } from './seen.js'

export const workerBrain = fromRules([
  {
    name: 'give up',
    when: ({ observations }) => failureIn(observations.at(-1)) !== undefined,
    decide: ({ observations }) => ({
      event: { type: 'GIVE_UP', reason: failureIn(observations.at(-1)) },
      reason: 'the tool fails',
    }),
  },
  {
    name: 'finish',
    when: ({ observations }) => toolOutput(observations.at(-1), pageSchema)?.left === 0,
    decide: { event: { type: 'FINISH', output: 'Nothing is left.' }, reason: 'no file is left that nobody has' },
  },
  {
    name: 'read',
    decide: { event: { type: 'USE_TOOL', tool: 'readFiles', input: {} }, reason: 'there may be files to read' },
  },
])

export function createWorker(readFiles: Tool) {
  return defineAgent({ goal: 'Read files until none is left.', brain: workerBrain, tools: [readFiles], ...PATIENT })
}
