/**
 * The writer: an agent that sums the findings up, in words. It has no tools, and it is shown figures, kinds and places, never
 * what is in a file. Its brain is rules; with `--model` it is a model, and rules where that fails.
 */
import { basename } from 'node:path'
import { type DefinedBrain, defineAgent, fromRules } from 'roscius/actors'
import type { BrainRequest, Task } from 'roscius/machines'
import { colleagues } from './colleagues.js'
import { PATIENT } from './patience.js'
import { createReport } from './report.js'
import { type Figures, figuresOf, figuresSchema, sumUp } from './summary-figures.js'
import { type NotedSummary, noted } from './written-summary.js'

const GOAL = 'Sum up what the audit of a folder of source code has found, for a reader in a hurry.'

/** What a writer is started with: the figures of the register, as they are now. */
export function toWriter({ depth }: Task) {
  const { root, list, findings } = colleagues().register.getSnapshot().context
  const figures = figuresOf(createReport(basename(root), list, findings.flat()))
  return { goal: GOAL, context: JSON.stringify(figures), depth }
}

/** The figures that the writer was started with. */
export function figuresIn({ observations }: BrainRequest): Figures {
  return figuresSchema.parse(JSON.parse(observations[0]?.text ?? ''))
}

/** `note`: why it is the rules that write. */
export function writtenByRules(figures: Figures, note?: string): NotedSummary {
  return { by: 'rules', text: sumUp(figures), ...(note !== undefined && { note }) }
}

const writerRules = fromRules([
  {
    decide: (request) => ({
      event: { type: 'FINISH', output: writtenByRules(figuresIn(request)) },
      reason: 'the figures say it all',
    }),
  },
])

export function createWriter(brain: DefinedBrain = writerRules) {
  return defineAgent({ brain, output: noted, ...PATIENT })
}
