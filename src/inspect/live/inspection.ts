/**
 * Looking at a running system: its actors, what they do, its figures, its coverage, for as many viewers as there are.
 *
 * 1. Nobody looks: nothing is attached to the system, nothing is counted and nothing is kept, unless coverage is to be counted
 *    always. After the last viewer it stays attached for a moment, as whoever reloads a page comes back.
 * 2. Nothing that a viewer does, or does not do, slows the system: frames are made by timers, for those who are ready for them,
 *    and what is kept for the others is bounded.
 * 3. All that is told of is masked and cut (`Shown`).
 */
import type { AnyStateMachine } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import { type Cancel, type Clock, systemClock } from '../../core/clock.js'
import type { SystemEvent } from '../../core/events.js'
import type { Inspected } from '../../core/inspection.js'
import type { Coverage } from '../coverage/coverage-counts.js'
import { LiveCoverage } from '../coverage/live-coverage.js'
import { ActorDetails } from './actor-detail.js'
import { ActorViewer } from './actor-viewer.js'
import { ChangesViewer, changedBy } from './changes.js'
import { DeadLetterCount } from './dead-letter-count.js'
import type { Inspection, InspectionOptions, Topic } from './inspection-api.js'
import { Machines } from './machines.js'
import { noticeOf } from './notices.js'
import { PulseReader, PulseViewer } from './pulse.js'
import { Ring } from './ring.js'
import { Roster } from './roster.js'
import type { ActorDetail, ActorRow, ChangedList, Pulse, RowPage, RowQuery, TimelineItem } from './shapes.js'
import { Shown } from './shown.js'
import { guarded, type Sink, type Viewer } from './sink.js'
import { itemOf } from './timeline-items.js'
import { TimelineViewer } from './timeline-viewer.js'
import { TreeViewer } from './tree-viewer.js'
import type { WatchedSystem } from './watched-system.js'

export type { Inspection, InspectionOptions, Topic } from './inspection-api.js'
export type { Frame } from './shapes.js'

const LINGER_MS = 10_000
const TIMELINE = 10_000
const DEFAULT_ITEMS = 1_000

/** One for a system: viewers share what they look at. */
export function createInspection(system: WatchedSystem, options: InspectionOptions = {}): Inspection {
  return new LiveInspection(system, options)
}

/** What there is while somebody looks. */
interface Attached {
  readonly timeline: Ring<TimelineItem>
  readonly sinceMs: number
  readonly unsubscribe: () => void
}

/** What there is while somebody looks at actors. */
interface Rostered {
  readonly roster: Roster
  readonly details: ActorDetails
  readonly letters: DeadLetterCount
  readonly pulse: PulseReader
}

class LiveInspection implements Inspection {
  readonly #clock: Clock
  readonly #shown: Shown
  readonly #machines = new Machines()
  readonly #coverage: LiveCoverage
  readonly #lingerMs: number
  readonly #isAlways: boolean
  readonly #viewers = new Set<Viewer>()
  readonly #timelines = new Set<TimelineViewer>()
  readonly #actors = new Set<ActorViewer>()
  readonly #changes = new Set<ChangesViewer>()
  #attached: Attached | undefined
  #rostered: Rostered | undefined
  #leaving: Cancel | undefined
  #isClosed = false

  constructor(
    private readonly system: WatchedSystem,
    { mask, clock = systemClock(), lingerMs = LINGER_MS, coverage = 'whileWatched' }: InspectionOptions,
  ) {
    this.#clock = clock
    this.#shown = new Shown(mask)
    this.#coverage = new LiveCoverage(this.#machines, () => clock.now())
    this.#lingerMs = lingerMs
    this.#isAlways = coverage === 'always'
    if (this.#isAlways) this.#attach()
  }

  get isAttached(): boolean {
    return this.#attached !== undefined
  }

  /** Somebody looks, or has just looked. */
  get #isWatched(): boolean {
    return this.#viewers.size > 0 || this.#leaving !== undefined
  }

  // --- viewers ---

  watch(topic: Topic, sink: Sink): Viewer {
    const viewer = this.#viewerOf(topic, guarded(sink))
    this.#viewers.add(viewer)
    return {
      close: () => {
        if (!this.#viewers.delete(viewer)) return
        this.#end(viewer)
        this.#leaveSoon()
      },
    }
  }

  #viewerOf(topic: Topic, sink: Sink): Viewer {
    const clock = this.#clock
    this.#attach()
    switch (topic.topic) {
      case 'pulse':
        return new PulseViewer(this.#roster().pulse, sink, clock)
      case 'tree':
        return new TreeViewer(this.#roster().roster, sink, topic.under, clock)
      case 'actor': {
        const { roster, details } = this.#roster()
        return added(this.#actors, new ActorViewer(topic.path, details, roster, sink, clock))
      }
      case 'timeline':
        return added(this.#timelines, new TimelineViewer(sink, topic, clock))
      case 'changes':
        // What is spent, and what others do with dead letters, is found out by looking.
        if (topic.of.includes('budgets') || topic.of.includes('deadLetters')) this.#roster()
        return added(this.#changes, new ChangesViewer(sink, topic.of, clock))
    }
  }

  #end(viewer: Viewer): void {
    viewer.close()
    for (const kind of [this.#timelines, this.#actors, this.#changes] as readonly Set<Viewer>[]) kind.delete(viewer)
  }

  // --- answers ---

  async rows(query: RowQuery = {}): Promise<RowPage> {
    return this.#briefly(({ roster }) => roster.page(query))
  }

  async row(path: ActorPath): Promise<ActorRow | undefined> {
    return this.#briefly(({ roster }) => roster.row(path))
  }

  async detail(path: ActorPath): Promise<ActorDetail | undefined> {
    return this.#briefly(({ details }) => details.of(path))
  }

  async pulse(): Promise<Pulse> {
    return this.#briefly(async ({ pulse, letters }) => {
      await letters.known
      return pulse.read()
    })
  }

  timeline(limit = DEFAULT_ITEMS): TimelineItem[] {
    this.#attach()
    this.#leaveSoon()
    return this.#attached?.timeline.last(limit) ?? []
  }

  get timelineSinceMs(): number | undefined {
    return this.#isWatched ? this.#attached?.sinceMs : undefined
  }

  lastTransitions(path: ActorPath): string[] {
    const entry = this.#rostered?.roster.entry(path)
    return entry === undefined ? [] : this.#machines.idsOf(entry.machine, entry.transitions)
  }

  rate(path: ActorPath): number {
    return this.#rostered?.roster.entry(path)?.rate(this.#clock.now()) ?? 0
  }

  coverage(logic: string, machine?: AnyStateMachine): readonly Coverage[] {
    return this.#coverage.of(logic, machine)
  }

  changed(list: ChangedList): void {
    if (list === 'deadLetters') void this.#rostered?.letters.read()
    for (const viewer of this.#changes) viewer.take(list)
  }

  /** One who asks once is a viewer, too, for as long as the answer takes. */
  async #briefly<T>(answer: (rostered: Rostered) => T | Promise<T>): Promise<T> {
    this.#attach()
    const rostered = this.#roster()
    const asking: Viewer = { close: () => undefined }
    this.#viewers.add(asking)
    try {
      await rostered.roster.built
      return await answer(rostered)
    } finally {
      this.#viewers.delete(asking)
      this.#leaveSoon()
    }
  }

  // --- attaching ---

  #attach(): void {
    const isWatchedAnew = !this.#isWatched
    this.#leaving?.()
    this.#leaving = undefined
    if (this.#isClosed) return
    if (this.#attached !== undefined) {
      // Where coverage is counted always, nothing was noted meanwhile.
      if (isWatchedAnew) this.#attached = { ...this.#attached, ...this.#emptyTimeline() }
      return
    }
    const inspecting = this.system.inspect((event) => this.#observe(event))
    // What happened at the opening is the user's own.
    const hearing = this.system.on((event) => this.#hear(event), { opening: false })
    const unsubscribe = (): void => {
      inspecting.unsubscribe()
      hearing.unsubscribe()
    }
    this.#attached = { ...this.#emptyTimeline(), unsubscribe }
  }

  #emptyTimeline(): Omit<Attached, 'unsubscribe'> {
    return { timeline: new Ring(TIMELINE), sinceMs: this.#clock.now() }
  }

  #roster(): Rostered {
    if (this.#rostered !== undefined) return this.#rostered
    const { system } = this
    const roster = new Roster(system, this.#clock, this.#shown, () => this.#tellChanged('budgets'))
    const details = new ActorDetails(system, roster, this.#machines, this.#shown)
    const letters = new DeadLetterCount(system, this.#clock, () => this.#tellChanged('deadLetters'))
    const pulse = new PulseReader(system, roster, letters, this.#shown, this.#clock)
    this.#rostered = { roster, details, letters, pulse }
    return this.#rostered
  }

  #leaveSoon(): void {
    if (this.#viewers.size > 0 || this.#leaving !== undefined || this.#attached === undefined) return
    this.#leaving = this.#clock.schedule(() => {
      this.#leaving = undefined
      this.#leave()
    }, this.#lingerMs)
  }

  #leave(): void {
    this.#rostered?.roster.stop()
    this.#rostered?.letters.stop()
    this.#rostered?.pulse.stop()
    this.#rostered = undefined
    if (this.#isAlways && !this.#isClosed) return
    this.#attached?.unsubscribe()
    this.#attached = undefined
  }

  close(): void {
    this.#isClosed = true
    this.#leaving?.()
    for (const viewer of this.#viewers) this.#end(viewer)
    this.#viewers.clear()
    this.#leave()
  }

  // --- what the system tells ---

  #observe(event: Inspected): void {
    if (event.type === 'unit') {
      this.#rostered?.roster.handled(event)
      this.#coverage.handled(event)
    }
    for (const viewer of this.#actors) viewer.take(event)
    if (event.type === 'presence') {
      this.#rostered?.roster.moved(event)
      return
    }
    // Nobody has asked for a timeline where only coverage is counted.
    if (this.#isWatched) this.#note(itemOf(event, this.#shown), event.type === 'unit' ? event.event.type : '')
  }

  #hear(event: SystemEvent): void {
    this.#rostered?.roster.told(event)
    if (event.type === 'deadLetter') this.#rostered?.letters.added()
    const list = changedBy(event)
    if (list !== undefined) this.#tellChanged(list)
    if (this.#isWatched) this.#note(noticeOf(event, this.#clock.now(), this.#shown), event.type)
  }

  #note(item: TimelineItem, type: string): void {
    this.#attached?.timeline.push(item)
    for (const viewer of this.#timelines) viewer.take(item, type)
  }

  #tellChanged(list: ChangedList): void {
    for (const viewer of this.#changes) viewer.take(list)
  }
}

function added<T>(viewers: Set<T>, viewer: T): T {
  viewers.add(viewer)
  return viewer
}
