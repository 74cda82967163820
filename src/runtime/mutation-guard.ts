/**
 * Development mode's watch over structural sharing: a context that is mutated in place would look unchanged, and its change
 * would be lost. The guard keeps a copy of what was recorded and compares the former state with it after each unit. It
 * costs time and memory on top of the state's own, so production does without.
 */
import { RosciusError } from '../core/errors.js'
import type { Codec } from '../persistence/codec.js'
import { apply, type Delta, diff } from '../persistence/delta.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Cell } from './cell.js'

/**
 * A state of up to this many bytes is compared after each unit; a larger one so much less often, so that a growing state
 * costs no more a unit than this. A mutation is then noticed some units later.
 */
const BYTES_A_UNIT = 32_768

interface Copy {
  state: unknown
  /** Units since the last comparison. */
  unchecked: number
}

export class MutationGuard {
  readonly #copies = new WeakMap<Cell, Copy>()

  constructor(
    private readonly codec: Codec,
    private readonly refs: RefCodec,
  ) {}

  /** Copies the whole state: at the start of the cell, and when it is loaded. */
  begin(cell: Cell, frame: unknown): void {
    this.#copies.set(cell, { state: this.#copy(toStorable(frame, '', this.refs)), unchecked: 0 })
  }

  /** Throws `CONTEXT_MUTATED` if the recorded state of the cell is not what it was. */
  check(cell: Cell): void {
    const copy = this.#copies.get(cell)
    if (copy === undefined || ++copy.unchecked * BYTES_A_UNIT < cell.snapshotBytes + cell.deltaBytes) return
    copy.unchecked = 0
    const delta = diff(copy.state, cell.frame, this.refs)
    if (delta === undefined) return
    const path = firstPath(delta).replace(/^snapshot\./, '')
    throw new RosciusError(
      'CONTEXT_MUTATED',
      `${cell.path}: ${path} was changed in place. A durable actor's context must be updated immutably (assign a new object), else the change is not stored.`,
      { address: cell.path, details: { path } },
    )
  }

  /** The cell's state has moved on by `delta`. */
  advance(cell: Cell, delta: Delta | undefined): void {
    const copy = this.#copies.get(cell)
    if (copy !== undefined && delta !== undefined) copy.state = apply(copy.state, this.#copy(delta) as Delta)
  }

  #copy(storable: unknown): unknown {
    return this.codec.decode(this.codec.encode(storable), 'copy', this.refs)
  }
}

/** Where the first difference of a delta lies: object deltas name keys, array deltas indexes. */
function firstPath(delta: Delta): string {
  const [op, ...parts] = delta
  if (op === 1) {
    const [sets, nested, deletes] = parts as [unknown[] | 0, unknown[] | 0, unknown[] | 0]
    if (nested && nested.length > 0) return join(String(nested[0]), nested[1] as Delta)
    if (sets && sets.length > 0) return String(sets[0])
    if (deletes && deletes.length > 0) return String(deletes[0])
  }
  if (op === 3) return join(`[${String(parts[0])}]`, parts[1] as Delta)
  return ''
}

function join(key: string, delta: Delta): string {
  const rest = firstPath(delta)
  return rest === '' || rest.startsWith('[') ? `${key}${rest}` : `${key}.${rest}`
}
