/**
 * The analyst: takes what was read of a file and answers with what there is to report of it. It does so within its
 * transition, so an analyser that throws fails the analyst, and its supervisor decides: a restart, another try, and in the
 * end the file is poison.
 *
 * 1. It is volatile, and what it is asked about can't be stored: no contents of any file get into the store, not even as a
 *    dead letter.
 * 2. It has no state. So nothing of a file that failed it can harm the next one.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type DeadLetterReason, isRosciusError, type ReplyRef, type RosciusRef } from 'roscius'
import { sendTo, setup } from 'xstate'
import { analyse } from './analysis.js'
import type { FileContents } from './file-contents.js'
import type { FileFinding, PoisonFile, ReadFile } from './finding.js'
import { shorten } from './printable.js'
import { maskSecrets } from './secrets.js'

export interface Analysed {
  readonly type: 'ANALYSED'
  readonly finding: ReadFile
}

export interface Analyse {
  readonly type: 'ANALYSE'
  readonly path: string
  readonly contents: InMemory<FileContents>
  readonly replyTo: ReplyRef<Analysed>
}

/** Holds what must stay in memory: an event with a function in it can't be stored. */
type InMemory<T> = () => T

export type AnalystRef = RosciusRef<typeof analystMachine>

export const analystMachine = setup({
  types: { events: {} as Analyse },
  actions: {
    analyse: sendTo(
      (_, { replyTo }: Analyse) => replyTo,
      (_, { path, contents }) => ({ type: 'ANALYSED', finding: analyse(path, contents()) }),
    ),
  },
}).createMachine({
  id: 'analyst',
  version: '1',
  on: { ANALYSE: { actions: { type: 'analyse', params: ({ event }) => event } } },
})

/** What the analyst finds in a file; a file that fails it again and again is a finding too. */
export async function askAnalyst(
  analyst: AnalystRef,
  path: string,
  contents: FileContents,
  timeoutMs: number,
): Promise<FileFinding> {
  const ask = (replyTo: ReplyRef<Analysed>): Analyse => ({ type: 'ANALYSE', path, contents: () => contents, replyTo })
  for (let tries = 1; ; tries += 1) {
    try {
      return (await analyst.ask(ask, { timeoutMs })).finding
    } catch (error) {
      if (hasReason(error, 'poison')) return poisonOf(path, contents, error.cause)
      if (!hasReason(error, 'actorNotFound') || tries === ARRIVAL_TRIES) throw error
      await pause(ARRIVAL_MS)
    }
  }
}

/**
 * After a crash the workers go on where they were, while the analyst, which has no state to come back with, is yet to be
 * started by the pool.
 */
const ARRIVAL_TRIES = 1_000
const ARRIVAL_MS = 10

function hasReason(error: unknown, reason: DeadLetterReason): error is Error {
  return isRosciusError(error, 'DEAD_LETTER') && error.details.reason === reason
}

function poisonOf(path: string, { bytes, hash }: FileContents, cause: unknown): PoisonFile {
  const thrown = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  // It may quote the file.
  return { status: 'poison', path, bytes, hash, error: shorten(maskSecrets(thrown), 200) }
}
