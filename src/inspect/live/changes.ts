/** Which lists of the node have changed: viewers are told so, and read them again. */
import type { Clock } from '../../core/clock.js'
import type { SystemEvent } from '../../core/events.js'
import { Pacer } from './pacer.js'
import type { ChangedList } from './shapes.js'
import type { Sink, Viewer } from './sink.js'

const FLUSH_MS = 250

/** Which list the event changes. How many actors a machine has is part of the list of machines. */
export function changedBy({ type }: SystemEvent): ChangedList | undefined {
  switch (type) {
    case 'approvalRequested':
    case 'approvalDecided':
    case 'approvalEscalated':
    case 'approvalExpired':
    case 'approvalWithdrawn':
      return 'approvals'
    case 'deadLetter':
      return 'deadLetters'
    case 'budgetWarning':
    case 'budgetExhausted':
      return 'budgets'
    case 'linkChanged':
    case 'linkRefused':
    case 'nodeDown':
    case 'nodeUp':
    case 'peerRestarted':
    case 'peerReset':
    case 'peerDenied':
      return 'links'
    case 'actorStarted':
    case 'actorDone':
    case 'actorFailed':
    case 'actorStopped':
    case 'actorQuarantined':
    case 'actorMigrated':
      return 'machines'
    default:
      return undefined
  }
}

export class ChangesViewer implements Viewer {
  readonly #wanted: ReadonlySet<ChangedList>
  readonly #changed = new Set<ChangedList>()
  readonly #pacer: Pacer

  constructor(
    private readonly sink: Sink,
    of: readonly ChangedList[],
    clock: Clock,
  ) {
    this.#wanted = new Set(of)
    this.#pacer = new Pacer(clock, FLUSH_MS, () => this.#flush())
  }

  take(list: ChangedList): void {
    if (!this.#wanted.has(list)) return
    this.#changed.add(list)
    this.#pacer.mark()
  }

  close(): void {
    this.#pacer.stop()
  }

  #flush(): boolean {
    for (const of of this.#changed) {
      if (!this.sink.ready()) return true
      this.#changed.delete(of)
      this.sink.send({ kind: 'changed', of })
    }
    return false
  }
}
