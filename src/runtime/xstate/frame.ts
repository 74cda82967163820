/**
 * A cell's state as plain data: what a journal record is the change of, and what a snapshot holds whole.
 *
 * A frame shares its parts with the live snapshot (contexts are updated immutably), and a child's frame is the *same object*
 * as long as neither it nor anything below it changed. So a diff of two frames stops where nothing changed.
 */
import { RosciusError } from '../../core/errors.js'
import type { Pause } from '../../core/operator-orders.js'
import type { ArmedTimer, Cell, StashedEvent, Supervised } from '../cell.js'
import type { ChildActor, HostSnapshot } from './internals.js'
import { storedOrder } from './region-order.js'

export interface Frame {
  readonly snapshot: SnapshotFrame
  readonly sessions: number
  readonly life: string | undefined
  readonly hasChildCells: boolean
  readonly timers: Readonly<Record<string, ArmedTimer>> | undefined
  readonly stash: readonly StashedEvent[] | undefined
  /** Attempts of the cell's own logic, where that logic is itself an effect. */
  readonly attempt: number
  readonly supervised: Supervised | undefined
  /** Absent unless an operator has paused the actor. */
  readonly paused?: Pause
}

/** A machine's snapshot, or whatever `getPersistedSnapshot` of other logic gave. */
export type SnapshotFrame = MachineFrame | HostSnapshot

export interface MachineFrame {
  readonly status: string
  readonly output: unknown
  readonly error: unknown
  readonly value: unknown
  readonly context: unknown
  readonly history: Readonly<Record<string, readonly string[]>> | undefined
  readonly children: Readonly<Record<string, ChildFrame>> | undefined
  /** Ids of the active states in XState's order, where that isn't the document's (`region-order.ts`). */
  readonly order: readonly string[] | undefined
}

export interface ChildFrame {
  readonly session: string
  readonly attempt: number
  readonly src: string
  readonly systemId: string | undefined
  readonly syncSnapshot: boolean
  readonly snapshot: SnapshotFrame
}

/** How often each effect has been started, by the actor whose logic it is: a child or a cell's self. */
export type Attempts = WeakMap<object, number>

/** Builds frames, remembering each child's last one. One per node. */
export class Framer {
  readonly #frames = new WeakMap<ChildActor, ChildFrame>()
  readonly #sources = new WeakMap<SnapshotFrame, HostSnapshot>()
  readonly #histories = new WeakMap<object, Readonly<Record<string, readonly string[]>>>()

  constructor(private readonly attempts: Attempts) {}

  /** The state of `cell` now. Throws `LOGIC_NOT_NAMED` for a spawned child whose logic has no name to be found by. */
  frameOf(cell: Cell): Frame {
    const snapshot = cell.snapshot as HostSnapshot
    const frame = {
      snapshot:
        snapshot.machine === undefined
          ? cell.logic.getPersistedSnapshot(snapshot)
          : this.#machineFrame(snapshot, cell.path),
      sessions: cell.sessions,
      life: cell.life,
      hasChildCells: cell.hasChildCells,
      timers: cell.timers,
      stash: cell.stash,
      attempt: this.attempts.get(cell.self) ?? 0,
      supervised: cell.supervised,
    }
    return cell.paused === undefined ? frame : { ...frame, paused: cell.paused }
  }

  #machineFrame(snapshot: HostSnapshot, path: string): MachineFrame {
    return {
      status: snapshot.status,
      output: snapshot.output,
      error: snapshot.error,
      value: snapshot.value,
      context: snapshot.context,
      history: this.#historyFrame(snapshot.historyValue),
      children: this.#childFrames(snapshot, path),
      order: storedOrder(snapshot._nodes),
    }
  }

  #historyFrame(history: HostSnapshot['historyValue']): Readonly<Record<string, readonly string[]>> | undefined {
    if (history === undefined) return undefined
    let frame = this.#histories.get(history)
    if (frame === undefined) {
      const entries = Object.entries(history)
      if (entries.length === 0) return undefined
      frame = Object.fromEntries(entries.map(([id, nodes]) => [id, nodes.map((node) => node.id)]))
      this.#histories.set(history, frame)
    }
    return frame
  }

  #childFrames(snapshot: HostSnapshot, path: string): Readonly<Record<string, ChildFrame>> | undefined {
    let frames: Record<string, ChildFrame> | undefined
    for (const id in snapshot.children) {
      const child = snapshot.children[id]
      if (child === undefined || !('logic' in child)) continue
      frames ??= {}
      frames[id] = this.#childFrame(child, path)
    }
    return frames
  }

  #childFrame(child: ChildActor, path: string): ChildFrame {
    if (typeof child.src !== 'string') {
      throw new RosciusError(
        'LOGIC_NOT_NAMED',
        `${path}: child "${child.id}" was spawned from inline logic, which can't be stored. Name it in setup({ actors }) and spawn it by that name.`,
        { address: path, details: { child: child.id } },
      )
    }
    const last = this.#frames.get(child)
    const snapshot = this.#snapshotFrame(child, last, path)
    const attempt = this.attempts.get(child) ?? 0
    if (last !== undefined && last.snapshot === snapshot && last.attempt === attempt) return last
    const frame: ChildFrame = {
      session: child.sessionId,
      attempt,
      src: child.src,
      systemId: child.systemId,
      syncSnapshot: child._syncSnapshot === true,
      snapshot,
    }
    this.#frames.set(child, frame)
    return frame
  }

  /** The child's last snapshot frame itself, if nothing in it changed. */
  #snapshotFrame(child: ChildActor, last: ChildFrame | undefined, path: string): SnapshotFrame {
    const source = child._snapshot
    const isSame = last !== undefined && this.#sources.get(last.snapshot) === source
    if (source.machine === undefined) {
      if (isSame) return last.snapshot
      return this.#remember(child.logic.getPersistedSnapshot(source), source)
    }
    const frame = this.#machineFrame(source, path)
    if (isSame && haveSameChildren(frame, last.snapshot as MachineFrame)) return last.snapshot
    return this.#remember(frame, source)
  }

  #remember<T extends SnapshotFrame>(frame: T, source: HostSnapshot): T {
    this.#sources.set(frame, source)
    return frame
  }
}

function haveSameChildren(a: MachineFrame, b: MachineFrame): boolean {
  if (a.children === undefined || b.children === undefined) return a.children === b.children
  const ids = Object.keys(a.children)
  return ids.length === Object.keys(b.children).length && ids.every((id) => a.children?.[id] === b.children?.[id])
}

export function isMachineFrame(frame: SnapshotFrame): frame is MachineFrame {
  return 'value' in frame && 'context' in frame
}

/** The frame as XState's own persisted snapshot: what `restoreSnapshot` takes and users see of the past. */
export function toPersisted(frame: SnapshotFrame): Record<string, unknown> {
  if (!isMachineFrame(frame)) return { ...frame }
  const { status, output, error, value, context, history, children } = frame
  return {
    status,
    output,
    error,
    value,
    context,
    historyValue: history === undefined ? {} : persistedHistory(history),
    children: children === undefined ? {} : persistedChildren(children),
  }
}

function persistedHistory(history: NonNullable<MachineFrame['history']>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(history).map(([id, nodes]) => [id, nodes.map((node) => ({ id: node }))]))
}

function persistedChildren(children: NonNullable<MachineFrame['children']>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(children).map(([id, { snapshot, src, systemId, syncSnapshot }]) => [
      id,
      { snapshot: toPersisted(snapshot), src, systemId, syncSnapshot },
    ]),
  )
}

/** A child that a migration has added, or renamed: it has no session yet. */
const NEW_CHILD = {
  session: '',
  attempt: 0,
  snapshot: { status: 'active', output: undefined, error: undefined },
} as const

/** The reverse of `toPersisted`, for what a migration gave back; sessions are taken from the frame it began with. */
export function fromPersisted(persisted: Record<string, unknown>, before: SnapshotFrame): SnapshotFrame {
  if (!('value' in persisted) || !('context' in persisted)) return persisted as unknown as SnapshotFrame
  const sessions = isMachineFrame(before) ? before.children : undefined
  const history = (persisted.historyValue ?? {}) as Record<string, readonly { readonly id: string }[]>
  const children = (persisted.children ?? {}) as Record<
    string,
    { src: string; systemId?: string; syncSnapshot?: boolean; snapshot: Record<string, unknown> }
  >
  return {
    status: persisted.status as string,
    output: persisted.output,
    error: persisted.error,
    value: persisted.value,
    context: persisted.context,
    history: Object.fromEntries(Object.entries(history).map(([id, nodes]) => [id, nodes.map((node) => node.id)])),
    children: Object.fromEntries(
      Object.entries(children).map(([id, { src, systemId, syncSnapshot, snapshot }]) => {
        const { session, attempt, snapshot: old } = sessions?.[id] ?? NEW_CHILD
        const frame = fromPersisted(snapshot, old)
        return [id, { session, attempt, src, systemId, syncSnapshot: syncSnapshot === true, snapshot: frame }]
      }),
    ),
    order: isMachineFrame(before) ? before.order : undefined,
  }
}
