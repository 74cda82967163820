/**
 * The unit of failure (D4): one envelope with everything that its cell does synchronously for it. What it wants to send,
 * start, arm and run is collected here and counts only if the whole unit succeeds.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../core/address.js'
import type { Extras } from '../core/extras.js'
import type { ArmedTimer, Cell } from './cell.js'
import type { Envelope } from './envelope.js'
import type { Held } from './held.js'
import type { Durability, LogicRow } from './logic-table.js'
import type { Probe } from './xstate/probe.js'

export interface PlannedSend {
  readonly path: ActorPath
  readonly child: string | undefined
  readonly event: EventObject
  readonly from: string
}

export interface PlannedSpawn {
  readonly row: LogicRow
  readonly path: ActorPath
  readonly input: unknown
  readonly systemId: string | undefined
  /** For extensions, by their names. */
  readonly extras?: Extras | undefined
}

/** A watch that begins or ends. */
export interface PlannedWatch {
  readonly target: ActorPath
  /** Path of the cell that watches, or the session of a child inside it. */
  readonly watcher: string
  readonly isWatching: boolean
  /** It was an actor of a store that its node does not have any more. */
  readonly isGone?: boolean
}

/** What an actor is started with. */
export interface StartRequest extends PlannedSpawn {
  readonly durability: Durability
}

/** One at a time on a node, so its object is used again for every envelope. */
export class Unit {
  cell!: Cell
  envelope!: Envelope
  /** Whether a transition was enabled for the event; logic that isn't a machine takes everything. */
  wasTaken = false
  readonly sends: PlannedSend[] = []
  readonly spawns: PlannedSpawn[] = []
  readonly stops: ActorPath[] = []
  readonly watches: PlannedWatch[] = []
  /** Sessions of the children inside the cell that ended. */
  readonly left: string[] = []
  readonly held: Held[] = []
  /** What a supervisor does to its children, once the unit counts. */
  readonly controls: (() => void)[] = []
  /** Timers of this cell that the unit armed, with their key. */
  readonly armed: [key: string, timer: ArmedTimer][] = []
  /** Timers of this cell that ended: fired, cancelled, or replaced. */
  readonly disarmed: [key: string, timer: ArmedTimer][] = []
  /** Whether the cell's table of timers is this unit's own copy, to be changed in place. */
  ownsTimers = false
  /** Custom actions among `held`, for the completion mark (D9). */
  actionCount = 0
  /** The answer that the unit gave to the question it handles, to be kept with the question's key. */
  reply: unknown = undefined
  /** There while somebody inspects. */
  probe: Probe | undefined = undefined

  begin(cell: Cell, envelope: Envelope): this {
    this.cell = cell
    this.envelope = envelope
    this.wasTaken = false
    this.ownsTimers = false
    this.actionCount = 0
    this.reply = undefined
    this.probe = undefined
    // Item by item: a list whose length is set to 0 loses its memory, and gets new memory with its next item.
    for (const list of this.lists) while (list.length > 0) list.pop()
    return this
  }

  private readonly lists: readonly unknown[][] = [
    this.sends,
    this.spawns,
    this.stops,
    this.watches,
    this.left,
    this.held,
    this.controls,
    this.armed,
    this.disarmed,
  ]
}
