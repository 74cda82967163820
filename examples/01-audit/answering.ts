/** Has the questions of agents decided: those that an earlier process left open, and those to come. */
import { type Approval, isRosciusError } from 'roscius'
import type { Verdict } from './decider.js'
import type { AuditSystem } from './team-watch.js'

export interface Answering extends Disposable {
  /** Rejects with what `decide` rejects with, unless that is because somebody else was first. */
  readonly failed: Promise<never>
}

/** `decide` is called once for each question; its signal is aborted when somebody else has decided. */
export function answerQuestions(
  system: AuditSystem,
  decide: (question: Approval, signal: AbortSignal) => Promise<Verdict>,
): Answering {
  const open = new Map<string, AbortController>()
  let fail: (error: unknown) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  // Whoever waits for it may not have begun.
  failed.catch(() => undefined)
  const answer = async (question: Approval): Promise<void> => {
    const elsewhere = new AbortController()
    open.set(question.id, elsewhere)
    try {
      const { isYes, ...by } = await decide(question, elsewhere.signal)
      await system.approvals[isYes ? 'approve' : 'deny'](question.id, by)
    } catch (error) {
      if (!elsewhere.signal.aborted && !isRosciusError(error, 'APPROVAL_DECIDED')) fail(error)
    }
  }
  const look = (): void => {
    for (const question of system.approvals.list()) if (!open.has(question.id)) void answer(question)
  }
  const hearing = system.on((event) => {
    // It is told with the commit, and shown at the desk right after it.
    if (event.type === 'approvalRequested') setImmediate(look)
    if (event.type === 'approvalDecided') open.get(event.approvalId)?.abort(new Error('Somebody else has decided.'))
  })
  look()
  return { failed, [Symbol.dispose]: () => hearing.unsubscribe() }
}
