/** What can be asked of whoever looks at a running system. */
import type { AnyStateMachine } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import type { Clock } from '../../core/clock.js'
import type { Redaction } from '../../governance/redaction/redaction.js'
import type { Coverage } from '../coverage/coverage-counts.js'
import type { ActorDetail, ActorRow, ChangedList, Pulse, RowPage, RowQuery, TimelineItem } from './shapes.js'
import type { Sink, Viewer } from './sink.js'
import type { TimelineFilter } from './timeline-viewer.js'

/** What a viewer may watch; `control/protocol` says what each is. */
export type Topic =
  | { readonly topic: 'pulse' }
  | { readonly topic: 'tree'; readonly under?: ActorPath | undefined }
  | { readonly topic: 'actor'; readonly path: ActorPath }
  | ({ readonly topic: 'timeline' } & TimelineFilter)
  | { readonly topic: 'changes'; readonly of: readonly ChangedList[] }

/**
 * `mask`: default `defineRedaction()`. `clock`: default the machine's own. `lingerMs`: how long it stays attached after the last
 * viewer; default 10 000. `coverage`: counted `whileWatched` (the default), or `always`: from now on.
 */
export interface InspectionOptions {
  readonly mask?: Redaction
  readonly clock?: Clock
  readonly lingerMs?: number
  readonly coverage?: 'whileWatched' | 'always'
}

export interface Inspection {
  /** Sends the frames of a topic to `sink`, from now on. */
  watch(topic: Topic, sink: Sink): Viewer
  /** A page of actors. Rejects with `SYSTEM_STOPPED`. */
  rows(query?: RowQuery): Promise<RowPage>
  row(path: ActorPath): Promise<ActorRow | undefined>
  detail(path: ActorPath): Promise<ActorDetail | undefined>
  pulse(): Promise<Pulse>
  /** The newest items, oldest first; default 1 000. Empty if nobody has looked before. */
  timeline(limit?: number): TimelineItem[]
  /** From when on the timeline holds what happened; `undefined` while nobody looks. */
  readonly timelineSinceMs: number | undefined
  /** Ids of the transitions that its last unit took, since somebody looks. */
  lastTransitions(path: ActorPath): string[]
  /** Events a second, over the last five. */
  rate(path: ActorPath): number
  /**
   * What was seen of a logic's machine, by version, since somebody looked for the first time; not while nobody did. With a
   * machine, that version is told of also if nothing was seen of it.
   */
  coverage(logic: string, machine?: AnyStateMachine): readonly Coverage[]
  /** Somebody has changed a list of which the system does not tell. */
  changed(list: ChangedList): void
  /** Whether it is attached to the system now. */
  readonly isAttached: boolean
  /** Ends all viewers; afterwards nothing is attached. */
  close(): void
}
