/**
 * What a store keeps of an ending that is being carried out (`z/<path>`), so that no crash loses it. Positions are part of
 * the record format (`docs/reference/record-format.md`): fields are only ever added at the end.
 */
import type { Codec } from './codec.js'
import { malformed } from './records.js'

/** Why an actor is ended from outside: by `stop`, by `cancel`, or by its supervisor. */
export type EndReason = 'stopped' | 'cancelled' | 'shutdown'

/**
 * How long effects may take to settle once they are aborted, in ms; `kill`: nobody waits for them; `each`: those of each
 * actor may take as long as its own child spec says.
 */
export type GraceMs = number | 'infinity' | 'kill' | 'each'

/** What is to end: the actor with all below it, or only those below it, after which it may be started again. */
export type EndScope = 'withItself' | 'below' | 'restart'

export interface EndingNote {
  readonly scope: EndScope
  readonly graceMs: GraceMs
  readonly reason: EndReason
  /** Only actors whose `order` is below this one are ended: later ones belong to another life. */
  readonly before: number
  /** Whether machines that name `roscius.cancel` get it first. */
  readonly cancelEvent: boolean
  /** The `reason` of that event. */
  readonly why: string | undefined
}

export function packEndingNote(codec: Codec, note: EndingNote): Uint8Array {
  const { scope, graceMs, reason, before, cancelEvent, why } = note
  return codec.encode([scope, graceMs, reason, before, cancelEvent, why ?? null])
}

/** Throws `RECORD_CORRUPT`. */
export function unpackEndingNote(codec: Codec, bytes: Uint8Array, key: string): EndingNote {
  // A first version wrote nothing, or one byte if the actor itself was to end.
  if (bytes.length < 2) return { ...OLD, scope: bytes.length === 1 ? 'withItself' : 'below' }
  const packed = codec.decode(bytes, key)
  if (!Array.isArray(packed) || packed.length < 6) throw malformed(key)
  const [scope, graceMs, reason, before, cancelEvent, why] = packed
  return { scope, graceMs, reason, before, cancelEvent, why: why ?? undefined }
}

const OLD = {
  graceMs: 'kill',
  reason: 'stopped',
  before: Number.MAX_SAFE_INTEGER,
  cancelEvent: false,
  why: undefined,
} as const
