import { defineTool } from 'roscius'
import { z } from 'zod'
import { colleagues } from './colleagues.js'
import { describeFileFailure } from './file-failure.js'
import { listFiles } from './file-list.js'
import { countFindings } from './finding-pages.js'
import { TOOL_MS } from './patience.js'

const count = z.number().int().nonnegative()

/** How far the audit is. */
export const surveySchema = z.object({ files: count, read: count, left: count })

/**
 * The coordinator's look at the folder: lists the files at the first call, and says how many are read and left at each. It is
 * asked while nobody reads: files that are in somebody's hand go back.
 */
export function createSurvey(root: string) {
  return defineTool({
    name: 'surveyFiles',
    version: '1.0.0',
    description:
      'Lists the files of the folder, if that was not done, and counts how many are read and how many are left.',
    input: z.object({}),
    output: surveySchema,
    scopes: ['read:files'],
    risk: 'read',
    timeoutMs: TOOL_MS,
    execute: async ({ signal }) => {
      const { register } = colleagues()
      if (register.getSnapshot().matches('unlisted'))
        await register.deliver({ type: 'LISTED', list: await list(root, signal) })
      else await register.deliver({ type: 'RECALLED' })
      const { list: listed, findings } = register.getSnapshot().context
      const [files, read] = [listed.files.length, countFindings(findings)]
      return { files, read, left: files - read }
    },
  })
}

async function list(root: string, signal: AbortSignal) {
  try {
    return await listFiles(root, signal)
  } catch (error) {
    throw new Error(describeFileFailure(error))
  }
}
