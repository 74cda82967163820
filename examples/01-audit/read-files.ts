/**
 * The worker's tool: reads a page of files, one after the other. Each finding is durable by itself, in the register, before
 * the next file is read; so a page that a crash cuts short loses the file in hand and no other.
 */
import { defineTool } from 'roscius'
import { z } from 'zod'
import { askAnalyst } from './analyst.js'
import { type Colleagues, colleagues } from './colleagues.js'
import { describeFileFailure } from './file-failure.js'
import { readFileFinding } from './file-reader.js'
import type { FileFinding } from './finding.js'
import { TOOL_MS } from './patience.js'
import type { Taken } from './register.js'
import { withDeadline } from './with-deadline.js'

/** As many files are one call of the tool, and one turn of the agent. */
const PAGE = 100

/** Ample for a file of some gigabytes; what a dead network disk holds back for longer counts as unread. A page of them fits into `TOOL_MS`. */
const READ_MS = 10 * 60_000

const count = z.number().int().nonnegative()
export const pageSchema = z.object({ read: count, unread: count, poison: count, left: count })

/** `onRead` is called before each read, with the path. */
export function createReadFiles(root: string, onRead: (path: string) => void = () => undefined) {
  return defineTool({
    name: 'readFiles',
    version: '1.0.0',
    description: `Reads up to ${PAGE} files that nobody has read yet, and puts what was found on record. Says how many are left.`,
    input: z.object({}),
    output: pageSchema,
    scopes: ['read:files'],
    risk: 'read',
    timeoutMs: TOOL_MS,
    execute: async ({ signal, heartbeat }) => {
      const { self, register, analyst } = colleagues()
      const counts = { read: 0, unread: 0, poison: 0 }
      let { path, left } = await take(register, self, undefined, false)
      for (let number = 1; path !== null; number += 1) {
        onRead(path)
        const finding = await readFinding(root, path, analyst, signal)
        counts[finding.status] += 1
        heartbeat()
        ;({ path, left } = await take(register, self, finding, number === PAGE))
      }
      return { ...counts, left }
    },
  })
}

function take(
  register: Colleagues['register'],
  worker: string,
  finding: FileFinding | undefined,
  isEnough: boolean,
): Promise<Taken> {
  const brought = finding === undefined ? {} : { finding }
  return register.ask((replyTo) => ({ type: 'TAKE', worker, ...brought, isEnough, replyTo }), { timeoutMs: READ_MS })
}

async function readFinding(
  root: string,
  path: string,
  analyst: Colleagues['analyst'],
  stop: AbortSignal,
): Promise<FileFinding> {
  try {
    return await withDeadline(READ_MS, stop, (signal) =>
      readFileFinding(root, path, {
        signal,
        toFinding: (_, contents) => askAnalyst(analyst, path, contents, READ_MS),
      }),
    )
  } catch (error) {
    stop.throwIfAborted()
    return { status: 'unread', path, reason: describeFileFailure(error, path) }
  }
}
