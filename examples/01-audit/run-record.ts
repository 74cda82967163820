import type { Approval, BudgetView } from 'roscius'
import { countFindings } from './finding-pages.js'
import type { RegisterContext } from './register.js'
import type { NotedSummary } from './written-summary.js'

/** What a run was like, kept apart from the report: that depends on the files alone. Goes to `run.json`. */
export interface RunRecord {
  readonly files: number
  /** For each start of the process, how many files it found already read: the first finds 0. */
  readonly starts: readonly number[]
  /** How many files the last process found already read. */
  readonly resumed: number
  /** What was spent, and of how much. */
  readonly budget: readonly Spending[]
  /** Who has said that the report may be written. */
  readonly approval: { readonly by: string; readonly reason?: string } | null
  readonly summary: Pick<NotedSummary, 'by' | 'model' | 'note'>
}

export interface Spending {
  readonly dimension: string
  readonly used: number
  readonly limit: number | null
  /** Used beyond what was reserved. */
  readonly overdraft: number
}

export interface Run {
  readonly register: RegisterContext
  readonly budget: BudgetView | undefined
  readonly approval: Approval | undefined
  readonly summary: NotedSummary
}

export function createRunRecord({ register: { findings, starts }, budget, approval, summary }: Run): RunRecord {
  const { by, model, note } = summary
  return {
    files: countFindings(findings),
    starts,
    resumed: starts.at(-1) ?? 0,
    budget: (budget?.lines ?? []).map(({ dimension, settled, open, limit = null, overdraft }) => ({
      dimension,
      used: settled + open,
      limit,
      overdraft,
    })),
    approval: approvalIn(approval),
    summary: { by, ...(model !== undefined && { model }), ...(note !== undefined && { note }) },
  }
}

function approvalIn(approval: Approval | undefined): RunRecord['approval'] {
  const { by, reason } = approval?.settled ?? {}
  return by === undefined ? null : { by, ...(reason !== undefined && { reason }) }
}
