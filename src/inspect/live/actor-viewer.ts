/** One viewer of one actor: what it is now, ten times a second at most, whatever has happened in between. */
import { type ActorPath, parentOf } from '../../core/address.js'
import type { Clock } from '../../core/clock.js'
import type { Inspected, InspectedUnit } from '../../core/inspection.js'
import type { ActorDetails } from './actor-detail.js'
import { Pacer } from './pacer.js'
import type { Roster } from './roster.js'
import type { Sink, Viewer } from './sink.js'

const FLUSH_MS = 100

export class ActorViewer implements Viewer {
  readonly #pacer: Pacer
  readonly #ending: () => void
  #isBusy = false
  #isClosed = false
  #hasNewContext = true
  /** Its oldest record; found once. */
  #first: number | undefined

  constructor(
    private readonly path: ActorPath,
    private readonly details: ActorDetails,
    roster: Roster,
    private readonly sink: Sink,
    clock: Clock,
  ) {
    this.#pacer = new Pacer(clock, FLUSH_MS, () => this.#flush())
    this.#ending = roster.onChange((changed) => {
      if (changed === path || parentOf(changed) === path) this.#pacer.mark()
    })
    roster.built.then(
      () => this.#pacer.mark(),
      () => this.close(),
    )
  }

  /** Of its actor, or of another. */
  take(event: Inspected): void {
    if (event.type === 'commit' || event.path !== this.path) return
    if (event.type === 'unit' && contextOf(event.snapshot) !== contextOf(event.before)) this.#hasNewContext = true
    this.#pacer.mark()
  }

  close(): void {
    this.#isClosed = true
    this.#ending()
    this.#pacer.stop()
  }

  #flush(): boolean {
    if (this.#isBusy || !this.sink.ready()) return true
    this.#isBusy = true
    const contextChanged = this.#hasNewContext
    this.#hasNewContext = false
    this.#send(contextChanged).finally(() => {
      this.#isBusy = false
    })
    return false
  }

  async #send(contextChanged: boolean): Promise<void> {
    const actor = await this.details.of(this.path, this.#first).catch(() => undefined)
    if (this.#isClosed) return
    this.#first ??= actor?.journal?.first
    this.sink.send({ kind: 'actor', ...(actor !== undefined && { actor }), contextChanged })
  }
}

function contextOf(snapshot: InspectedUnit['snapshot']): unknown {
  return (snapshot as { readonly context?: unknown } | undefined)?.context
}
