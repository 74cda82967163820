/**
 * What hosted logic is given when it runs: XState's `ActorScope`, for the cell that runs now.
 */
import type { CellSelf, Scope } from './internals.js'

/** What the logic of the current cell is given; one for all cells of a node, so that an idle one costs nothing. */
export class CellScope implements Scope {
  self!: CellSelf

  constructor(
    readonly logger: Scope['logger'],
    readonly defer: Scope['defer'],
    readonly stopChild: Scope['stopChild'],
    public emit: Scope['emit'],
    public actionExecutor: Scope['actionExecutor'],
  ) {}

  get id(): string {
    return this.self.id
  }

  get sessionId(): string {
    return this.self.sessionId
  }

  get system(): object {
    return this.self.system
  }

  /** A scope that goes on meaning the current cell. */
  copy(emit: Scope['emit']): Scope {
    const copy = new CellScope(this.logger, this.defer, this.stopChild, emit, this.actionExecutor)
    copy.self = this.self
    return copy
  }
}
