/** One viewer of the timeline: what it asked for, as fast as it reads. What it does not get is counted. */
import type { ActorPath } from '../../core/address.js'
import type { Clock } from '../../core/clock.js'
import { Pacer } from './pacer.js'
import { Ring } from './ring.js'
import type { TimelineItem } from './shapes.js'
import type { Sink, Viewer } from './sink.js'

/**
 * `path`: only of that actor and those below it. `types`: only units and notices of these types. `kinds`: only these; with
 * `types` or `path`, commits and effects only if they are named here. `sample`: of so many units one.
 */
export interface TimelineFilter {
  readonly path?: ActorPath | undefined
  readonly types?: readonly string[] | undefined
  readonly kinds?: readonly TimelineItem['kind'][] | undefined
  readonly sample?: number | undefined
}

const FLUSH_MS = 100
/** How many wait for a slow viewer, and go in one frame. */
const MAX_WAITING = 1_000
const MAX_FRAME = 500

export class TimelineViewer implements Viewer {
  readonly #waiting = new Ring<TimelineItem>(MAX_WAITING)
  readonly #pacer: Pacer
  readonly #isMeant: (item: TimelineItem, type: string) => boolean
  readonly #sample: number
  #units = 0
  #lost = 0

  constructor(
    private readonly sink: Sink,
    filter: TimelineFilter,
    clock: Clock,
  ) {
    this.#isMeant = filterOf(filter)
    this.#sample = filter.sample ?? 1
    this.#pacer = new Pacer(clock, FLUSH_MS, () => this.#flush())
  }

  /** `type`: of the event as it was sent. */
  take(item: TimelineItem, type: string): void {
    if (!this.#isMeant(item, type)) return
    const isLeftOut = item.kind === 'unit' && this.#units++ % this.#sample !== 0
    if (isLeftOut || this.#waiting.push(item)) this.#lost++
    this.#pacer.mark()
  }

  close(): void {
    this.#pacer.stop()
  }

  #flush(): boolean {
    if (!this.sink.ready()) return true
    const items = this.#waiting.drain()
    for (const rest of items.splice(MAX_FRAME)) this.#waiting.push(rest)
    this.sink.send({ kind: 'items', items, lost: this.#lost })
    this.#lost = 0
    return this.#waiting.size > 0
  }
}

function filterOf({ path, types, kinds }: TimelineFilter): (item: TimelineItem, type: string) => boolean {
  const wanted = types && new Set(types)
  return (item, type) => {
    if (kinds !== undefined && !kinds.includes(item.kind)) return false
    if (wanted !== undefined && !isOfType(item, type, wanted, kinds !== undefined)) return false
    return path === undefined || ('path' in item ? isAtOrBelow(item.path, path) : kinds !== undefined)
  }
}

function isOfType(item: TimelineItem, type: string, wanted: ReadonlySet<string>, areKindsNamed: boolean): boolean {
  return item.kind === 'unit' || item.kind === 'notice' ? wanted.has(type) : areKindsNamed
}

export function isAtOrBelow(path: ActorPath | undefined, top: ActorPath): boolean {
  return path !== undefined && (path === top || path.startsWith(`${top}/`))
}
