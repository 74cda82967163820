import type { EventObject } from 'xstate'
import type { CommittedState, LocalActors } from '../../../src/remote/subscriptions/local-actors.js'

interface Shown {
  state: CommittedState | undefined
  readonly watchers: Set<{ changed(): void; ended(last?: CommittedState): void }>
  readonly handlers: Set<(event: EventObject) => void>
}

/** The actors of a node, as its publisher sees them: a test commits, emits and ends in their place. */
export class ShownActors implements LocalActors {
  readonly #shown = new Map<string, Shown>()
  /** How often a state was read. */
  reads = 0

  /** How many observers and handlers there are. */
  get listeners(): number {
    let count = 0
    for (const { watchers, handlers } of this.#shown.values()) count += watchers.size + handlers.size
    return count
  }

  commit(path: string, context: unknown, fields: object = {}): void {
    const shown = this.#at(path)
    const seqNr = (shown.state?.seqNr ?? 0) + 1
    shown.state = { seqNr, snapshot: { ...snapshotWith(context), ...fields }, tags: ['shown'] }
    for (const watcher of [...shown.watchers]) watcher.changed()
  }

  emit(path: string, event: EventObject): void {
    for (const handler of [...this.#at(path).handlers]) handler(event)
  }

  end(path: string, fields: object, isStillThere = true): void {
    const shown = this.#at(path)
    const { seqNr = 0, snapshot = snapshotWith({}) } = shown.state ?? {}
    const last: CommittedState = { seqNr: seqNr + 1, snapshot: { ...snapshot, ...fields } }
    shown.state = isStillThere ? last : undefined
    const watchers = [...shown.watchers]
    shown.watchers.clear()
    shown.handlers.clear()
    for (const watcher of watchers) watcher.ended(isStillThere ? undefined : last)
  }

  observe(path: string, changed: () => void, ended: (last?: CommittedState) => void): () => void {
    const shown = this.#at(path)
    const watcher = { changed, ended }
    shown.watchers.add(watcher)
    const status = shown.state && Reflect.get(shown.state.snapshot, 'status')
    if (status !== undefined && status !== 'active') ended()
    return () => shown.watchers.delete(watcher)
  }

  on(path: string, handler: (event: EventObject) => void): () => void {
    const { handlers } = this.#at(path)
    handlers.add(handler)
    return () => handlers.delete(handler)
  }

  persisted(path: string): CommittedState | undefined {
    this.reads++
    return this.#at(path).state
  }

  #at(path: string): Shown {
    const shown = this.#shown.get(path) ?? { state: undefined, watchers: new Set(), handlers: new Set() }
    this.#shown.set(path, shown)
    return shown
  }
}

function snapshotWith(context: unknown): object {
  return {
    status: 'active',
    output: undefined,
    error: undefined,
    value: 'idle',
    context,
    historyValue: {},
    children: {},
  }
}
