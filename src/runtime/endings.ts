/**
 * The endings that a node is carrying out: who asks for them, whom they cover, and how they survive a crash.
 *
 * 1. From the moment it is asked for, nobody in the subtree handles mail and nobody new is started there; supervision asks
 *    `isEnding` and restarts nobody.
 * 2. Only actors that were started before are ended: those of a new life at the same path are not touched.
 * 3. An ending that concerns stored actors has a note in the store (`z/…`) until all have ended. The note of one that a unit
 *    asks for is part of that unit's commit. Endings of one path share their note.
 * 4. Endings don't wait for one another, and several may cover an actor.
 */
import { type ActorPath, parentOf } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { SystemEvent } from '../core/events.js'
import type { Codec } from '../persistence/codec.js'
import {
  type EndingNote,
  type EndReason,
  type EndScope,
  type GraceMs,
  packEndingNote,
  unpackEndingNote,
} from '../persistence/ending-note.js'
import type { JournalReader } from '../persistence/journal.js'
import { endingKey, kindRange, pathInKey } from '../persistence/keys.js'
import type { Store } from '../persistence/store.js'
import type { Cell } from './cell.js'
import type { Commits } from './commits.js'
import { outsideRuns } from './effect-run.js'
import { Ending, type EndingPort } from './ending.js'
import { addCell, findMembers, isAlive, type SubtreePort } from './subtree.js'
import type { Frame } from './xstate/frame.js'

export interface EndRequest {
  readonly path: ActorPath
  /** Otherwise only those below it. */
  readonly withItself: boolean
  /** How long effects may take to settle once they are aborted; `kill`: nobody waits for them. */
  readonly graceMs: GraceMs
  readonly reason: EndReason
  /** Whether machines that name `roscius.cancel` get it first. Default: if they are cancelled. */
  readonly cancelEvent?: boolean
  /** The `reason` of that event. */
  readonly why?: string
}

export interface EndingsPort extends EndingPort, SubtreePort {
  readonly options: EndingPort['options'] &
    SubtreePort['options'] & {
      readonly store: Store
      readonly codec: Codec
    }
  /** Tells those who listen to the system, when the current commit is durable. */
  tell(event: SystemEvent): void
  readonly commits: Commits
  readonly journalReader: JournalReader
  /** The `order` of the actor that is started next. */
  readonly planting: { readonly nextOrder: number }
  /** All below an actor that waits for its restart have ended: in a turn, whose commit takes the note back. */
  beginRestart(path: ActorPath): void
  /** An ending can't go on: the store has failed. */
  endingFailed(cause: unknown): void
}

export class Endings {
  readonly #byRoot = new Map<ActorPath, Ending[]>()
  /** Those whose members are to be found next. */
  #unfound: Ending[] = []
  #isFinding = false
  #isClosed = false

  constructor(private readonly node: EndingsPort) {}

  // --- asked by others ---

  /** The ending that covers the actor: if there are several, a cancel comes first, then the nearest. */
  covering(path: ActorPath, order = this.node.cells.get(path)?.order ?? 0): Ending | undefined {
    if (this.#byRoot.size === 0) return undefined
    let nearest: Ending | undefined
    for (let root: ActorPath | undefined = path; root !== undefined; root = parentOf(root)) {
      for (const ending of this.#byRoot.get(root) ?? []) {
        if (order >= ending.before || (root === path && !ending.withItself)) continue
        if (ending.note.reason === 'cancelled') return ending
        nearest ??= ending
      }
    }
    return nearest
  }

  /** Whether the actor begins anew as soon as all below it have ended. */
  isRestarting(path: ActorPath): boolean {
    return this.#byRoot.get(path)?.some(({ note }) => note.scope === 'restart') === true
  }

  /** Whether the cell is kept from handling its mail, because it is being ended. */
  isHeld(cell: Cell): boolean {
    if (cell.ending !== undefined) return cell.ending === 'frozen'
    const ending = this.covering(cell.path, cell.order)
    ending?.freeze(cell)
    return ending !== undefined
  }

  /** Throws `ACTOR_STOPPED` if the actor's parent is being ended. */
  assertCanStart(path: ActorPath): void {
    const parent = parentOf(path)
    const ending = parent === undefined ? undefined : this.covering(parent)
    if (ending === undefined) return
    throw new RosciusError(
      'ACTOR_STOPPED',
      `${path} can't be started: ${ending.path} is being ended, with all that is below it.`,
      { address: path, details: { ending: ending.path, reason: ending.note.reason } },
    )
  }

  /** The cell has come to its end in the current turn. */
  left({ path, order }: Cell): void {
    if (this.#byRoot.size === 0) return
    for (let root: ActorPath | undefined = path; root !== undefined; root = parentOf(root))
      for (const ending of this.#byRoot.get(root) ?? []) if (order < ending.before) ending.left(path)
  }

  /** Whether there is work left that needs nothing but time on the thread. */
  get isBusy(): boolean {
    for (const endings of this.#byRoot.values()) if (endings.some(({ phase }) => phase !== 'waiting')) return true
    return false
  }

  // --- beginning ---

  /** Ends a subtree; `whenOver` is told in the turn in which the last of it has ended. */
  begin(request: EndRequest, whenOver?: () => void): void {
    const ending = this.#open(
      request.path,
      this.#noteOf(request, request.withItself ? 'withItself' : 'below'),
      whenOver,
    )
    // One stop of one actor is one commit already.
    if (!this.#isLeaf(ending) || ending.note.graceMs !== 'kill') this.#note(ending)
    this.#find(ending)
  }

  /** From inside a unit: noted in its commit, and begun after it. */
  beginAfterCommit(request: EndRequest, scope: EndScope = request.withItself ? 'withItself' : 'below'): void {
    const ending = this.#open(request.path, this.#noteOf(request, scope), undefined)
    this.#note(ending)
    this.node.commits.hold({ release: () => this.#find(ending) })
  }

  #noteOf({ graceMs, reason, cancelEvent = reason === 'cancelled', why }: EndRequest, scope: EndScope): EndingNote {
    return { scope, graceMs, reason, before: this.node.planting.nextOrder, cancelEvent, why }
  }

  #open(path: ActorPath, note: EndingNote, whenOver: (() => void) | undefined): Ending {
    const ending = new Ending(path, note, this.node, () => this.#over(ending, whenOver))
    const endings = this.#byRoot.get(path)
    if (endings === undefined) this.#byRoot.set(path, [ending])
    else endings.push(ending)
    return ending
  }

  // --- finding members ---

  #find(ending: Ending): void {
    if (this.#isClosed) return
    if (this.#isLeaf(ending)) {
      const cell = this.node.cells.get(ending.path)
      if (cell !== undefined && ending.withItself) addCell(ending, cell)
      ending.begin()
      return
    }
    this.#unfound.push(ending)
    if (this.#isFinding) return
    this.#isFinding = true
    // Whoever asks may be an effect, or in the middle of a unit.
    outsideRuns(() => queueMicrotask(() => void this.#findAll()))
  }

  /** Whether nobody can be below the root, as far as it tells. */
  #isLeaf({ path, withItself }: Ending): boolean {
    const cell = this.node.cells.get(path)
    if (cell !== undefined || !withItself) return cell?.hasChildCells === false
    const head = this.node.journalReader.head(path)
    if (head === undefined) return false
    // It has to come into memory to be stopped; one that has ended is left where it is.
    const root = head.status === 'active' ? this.node.activate(path) : undefined
    return (root ?? (head.frame as Frame)).hasChildCells === false
  }

  async #findAll(): Promise<void> {
    try {
      while (this.#unfound.length > 0 && !this.#isClosed) {
        const endings = this.#unfound
        this.#unfound = []
        await findMembers(this.node, endings)
        if (!this.#isClosed) for (const ending of endings) this.#found(ending)
      }
    } catch (cause) {
      this.node.endingFailed(cause)
    } finally {
      this.#isFinding = false
    }
  }

  #found(ending: Ending): void {
    if (!ending.isNoted && ending.hasStored) this.#writeNote(ending)
    ending.begin()
  }

  // --- the end ---

  /** In the turn in which the last of the subtree has ended. */
  #over(ending: Ending, whenOver: (() => void) | undefined): void {
    const { path, note } = ending
    this.#forget(ending)
    if (note.scope === 'restart') this.#restart(path)
    else this.#release(path)
    if (note.reason === 'cancelled' && ending.hadRoot)
      this.node.tell({ type: 'actorCancelled', path, reason: note.why })
    whenOver?.()
  }

  #forget(ending: Ending): void {
    const { path } = ending
    const others = (this.#byRoot.get(path) ?? []).filter((other) => other !== ending)
    if (others.length > 0) this.#byRoot.set(path, others)
    else this.#byRoot.delete(path)
    if (!ending.isNoted) return
    const noted = others.find(({ isNoted }) => isNoted)
    if (noted !== undefined) this.#writeNote(noted)
    else this.node.commits.del(endingKey(path))
  }

  #restart(path: ActorPath): void {
    const cell = this.node.cells.get(path) ?? this.node.activate(path)
    if (cell?.status === 'restarting' && this.covering(path) === undefined) this.node.beginRestart(path)
  }

  /** Supervision may have decided that the root comes back: then it is free to. */
  #release(path: ActorPath): void {
    const cell = this.node.cells.get(path)
    if (cell?.ending === undefined || !isAlive(cell.status) || this.covering(path) !== undefined) return
    cell.ending = undefined
    cell.endReason = undefined
    this.node.turns.wake(cell)
  }

  // --- notes ---

  #note(ending: Ending): void {
    const cell = this.node.cells.get(ending.path)
    const isStored =
      cell === undefined ? this.node.journalReader.head(ending.path) !== undefined : cell.durability !== 'volatile'
    if (isStored) this.#writeNote(ending)
  }

  /** The note covers all endings of the path. */
  #writeNote(ending: Ending): void {
    ending.isNoted = true
    const notes = (this.#byRoot.get(ending.path) ?? []).filter(({ isNoted }) => isNoted).map(({ note }) => note)
    const note = notes.reduce(wider)
    this.node.commits.put(endingKey(ending.path), packEndingNote(this.node.options.codec, note))
    this.node.turns.schedule()
  }

  /** Takes up what the last run had begun, before any mail of that run is handled. */
  async open(): Promise<void> {
    const { store, codec } = this.node.options
    for await (const [key, bytes] of store.range(kindRange('z'))) {
      const ending = this.#open(pathInKey(key), unpackEndingNote(codec, bytes, key), undefined)
      ending.isNoted = true
    }
  }

  /** Goes on with it, once turns run. */
  goOn(): void {
    for (const endings of this.#byRoot.values()) for (const ending of endings) this.#find(ending)
  }

  // --- turns, and the end of the node ---

  /** After each turn: machines that end by themselves may have got there. */
  turnEnded(): void {
    if (this.#byRoot.size === 0) return
    for (const endings of this.#byRoot.values()) for (const ending of endings) ending.check()
  }

  close(): void {
    this.#isClosed = true
    for (const endings of this.#byRoot.values()) for (const ending of endings) ending.abandon()
  }
}

const WIDEST: readonly EndScope[] = ['withItself', 'restart', 'below']

/** A note for two endings of one path. */
function wider(a: EndingNote, b: EndingNote): EndingNote {
  const stronger = a.reason === 'cancelled' ? a : b
  return {
    ...stronger,
    scope: WIDEST.find((scope) => scope === a.scope || scope === b.scope) as EndScope,
    before: Math.max(a.before, b.before),
    cancelEvent: a.cancelEvent || b.cancelEvent,
  }
}
