/** Single moments of an actor: its states then, what changed, and by which transitions. */
import type { ActorPath } from '../../core/address.js'
import { isMachine } from '../../runtime/machine-structure.js'
import { type Frame, toPersisted } from '../../runtime/xstate/frame.js'
import { definitionOf, stateIdsOf } from '../definition/definition.js'
import { definitionHash } from '../definition/definition-hash.js'
import { changesBetween } from './difference.js'
import { armedTimers, runningEffects, stateValueOf } from './frames.js'
import type { Masking } from './mask.js'
import type { Moments, Seen } from './moments.js'
import { toldEvent, toldRecord } from './record-rows.js'
import { noRecord } from './refusals.js'
import type { HistorySource } from './source.js'
import { takenTransitions } from './taken-transitions.js'
import type { ToldMoment } from './told.js'

const MAX_STASH = 100

export class ToldMoments {
  constructor(
    private readonly source: HistorySource,
    private readonly moments: Moments,
    private readonly masking: Masking,
  ) {}

  async moment(path: ActorPath, seqNr: number): Promise<Omit<ToldMoment, 'causes' | 'caused'>> {
    const { seen, before } = await this.#stepAt(path, seqNr)
    const { frame } = seen
    const logic = this.source.logicOf(path)?.logic
    const now = stateValueOf(frame)
    return {
      row: toldRecord(path, seen, before, this.masking),
      ...(logic !== undefined && isMachine(logic) && { chart: definitionHash(definitionOf(logic)) }),
      active: logic !== undefined && isMachine(logic) ? stateIdsOf(logic, now) : [],
      transitions: takenTransitions(logic, seen, before),
      changes: before === undefined ? [] : this.#changes(before, frame),
      timers: armedTimers(frame).map(({ event, dueMs }) => ({ event: toldEvent(event, this.masking).type, dueMs })),
      effects: runningEffects(frame),
      stash: (frame.stash ?? []).slice(0, MAX_STASH).map(({ event }) => toldEvent(event, this.masking)),
    }
  }

  #changes(before: Frame, after: Frame) {
    return changesBetween(toPersisted(before.snapshot), toPersisted(after.snapshot), this.masking)
  }

  async #stepAt(path: ActorPath, seqNr: number): Promise<{ readonly seen: Seen; readonly before: Frame | undefined }> {
    let before: Frame | undefined
    for await (const seen of this.moments.between(path, Math.max(1, seqNr - 1), seqNr)) {
      if (seen.seqNr === seqNr) return { seen, before: before ?? (await this.#frameBefore(path, seqNr)) }
      before = seen.frame
    }
    throw noRecord(path, seqNr)
  }

  /** The oldest record that is kept has a state before it, though no record of that. */
  async #frameBefore(path: ActorPath, seqNr: number): Promise<Frame | undefined> {
    return seqNr < 2 ? undefined : ((await this.source.journal.frameAt(path, seqNr - 1)) as Frame | undefined)
  }
}
