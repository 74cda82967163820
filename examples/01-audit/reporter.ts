/**
 * The reporter: an agent that writes the report, and may do so only if a person says yes: its policy requires an approval
 * for its one tool, which alone has the scope to write.
 */
import { defineTool } from 'roscius'
import { type BrainRule, defineAgent, fromRules } from 'roscius/actors'
import type { Observation, Task } from 'roscius/machines'
import { z } from 'zod'
import { colleagues } from './colleagues.js'
import { describeFileFailure } from './file-failure.js'
import { OUTPUT_FOLDER } from './file-list.js'
import { countFindings } from './finding-pages.js'
import { PATIENT, TOOL_MS } from './patience.js'
import { writeReport } from './report-files.js'
import { failureIn, toolOutput } from './seen.js'
import { noted, summarySchema } from './written-summary.js'

/** What the coordinator tells a reporter. */
const taskSchema = z.object({ files: z.number().int().nonnegative(), summary: noted })

/** What a reporter tells the coordinator. */
export const reportedSchema = z.object({ summary: noted })

/** What a person approves. */
export const writingSchema = z.object({
  into: z.literal(OUTPUT_FOLDER),
  /** How many files the report is about. */
  files: z.number().int().nonnegative(),
  summary: summarySchema,
})

const writtenSchema = z.object({ written: z.array(z.string()) })

const WRITE_REPORT = 'writeReport'

export function toReporter({ task, depth }: Task) {
  return { goal: 'Write the report of the audit.', context: task, depth }
}

/** Files are written whole, by a rename: to do it once more after a crash does no harm. */
function createReportTool(root: string) {
  return defineTool({
    name: WRITE_REPORT,
    version: '1.0.0',
    description: `Writes report.md and report.json into the folder ${OUTPUT_FOLDER} of the audited one.`,
    input: writingSchema,
    output: writtenSchema,
    scopes: ['write:report'],
    risk: 'write',
    idempotent: true,
    timeoutMs: TOOL_MS,
    execute: async ({ input: { files, summary } }) => {
      const { list, findings, limits } = colleagues().register.getSnapshot().context
      if (countFindings(findings) !== files) throw new Error(`The report is not about ${files} files.`)
      try {
        return { written: await writeReport(root, { list, findings: findings.flat(), summary, limits }) }
      } catch (error) {
        throw new Error(describeFileFailure(error))
      }
    },
  })
}

function taskIn(observations: readonly Observation[]): z.infer<typeof taskSchema> {
  return taskSchema.parse(JSON.parse(observations[0]?.text ?? ''))
}

const RULES: readonly BrainRule[] = [
  {
    name: 'give up',
    when: ({ observations }) => failureIn(observations.at(-1)) !== undefined,
    decide: ({ observations }) => ({
      event: { type: 'GIVE_UP', reason: whyUnwritten(observations.at(-1)) },
      reason: 'there will be no report for now',
    }),
  },
  {
    name: 'finish',
    when: ({ observations }) => toolOutput(observations.at(-1), writtenSchema) !== undefined,
    decide: ({ observations }) => ({
      event: { type: 'FINISH', output: { summary: taskIn(observations).summary } },
      reason: 'it is written',
    }),
  },
  {
    name: 'write',
    decide: ({ observations }) => {
      const { files, summary } = taskIn(observations)
      const input = writingSchema.parse({ into: OUTPUT_FOLDER, files, summary })
      return {
        event: { type: 'USE_TOOL', tool: WRITE_REPORT, input },
        reason: 'every file is read and the findings are summed up',
      }
    },
  },
]

function whyUnwritten(seen: Observation | undefined): string {
  const why = failureIn(seen) ?? ''
  return seen?.kind === 'refusal'
    ? `The report was not written: ${why} What was found is kept; the next start asks again.`
    : `The report could not be written: ${why}. What was found is kept; the next start tries again.`
}

export const reporterBrain = fromRules(RULES)

export function createReporter(root: string) {
  return defineAgent({
    brain: reporterBrain,
    tools: [createReportTool(root)],
    toolPolicy: {
      name: 'reporting',
      version: '1',
      rules: [
        {
          id: 'a-person-agrees',
          when: { tool: WRITE_REPORT },
          effect: 'requireApproval',
          reason: 'It writes into the audited folder.',
        },
      ],
    },
    ...PATIENT,
  })
}
