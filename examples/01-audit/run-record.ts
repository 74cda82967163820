import type { AuditContext } from './coordinator.js'
import { countFindings } from './finding-pages.js'

/** What a run was like, kept apart from the report: that depends on the files alone. Goes to `run.json`. */
export interface RunRecord {
  readonly files: number
  /** For each start of the process, how many files it found already read: the first finds 0. */
  readonly starts: readonly number[]
  /** How many files the last process found already read. */
  readonly resumed: number
}

export function createRunRecord({ findings, starts }: AuditContext): RunRecord {
  return { files: countFindings(findings), starts, resumed: starts.at(-1) ?? 0 }
}
