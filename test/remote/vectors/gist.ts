/**
 * What a side has said that its peer can't do without, apart from how it was spread over frames and time: a later version of
 * this code may send larger batches, confirm less often, tell its errors in other words.
 */
import type { Frame } from '../../../src/remote/protocol/frames.js'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { toTagged } from './tagged-json.js'

interface Gist {
  /** Per lane, in order. */
  readonly envelopes: readonly unknown[][]
  /** Per lane: up to where all is handled, and up to where that is stored. */
  readonly handled: readonly number[]
  readonly stored: readonly number[]
  /** By subscription: the last snapshot, all events, and why it has ended. */
  readonly shown: Readonly<Record<number, Shown>>
  readonly end: string | undefined
}

interface Shown {
  readonly events: unknown[]
  snapshot?: unknown
  end?: string | undefined
}

export function gistOf(frames: readonly Frame[]): Gist {
  const gist = {
    envelopes: [[], [], []] as unknown[][],
    handled: [0, 0, 0],
    stored: [0, 0, 0],
    shown: {},
    end: undefined,
  }
  for (const frame of frames) add(gist, frame)
  return gist
}

type Growing = { -readonly [K in keyof Gist]: Gist[K] } & {
  readonly handled: number[]
  readonly stored: number[]
  readonly shown: Record<number, Shown>
}

function add(gist: Growing, frame: Frame): void {
  switch (frame.kind) {
    case 'batch':
      gist.envelopes[frame.lane]?.push(...frame.envelopes.map(({ envelope }) => essenceOf(envelope)))
      break
    case 'ack':
      gist.handled[frame.lane] = Math.max(gist.handled[frame.lane] as number, frame.position)
      if (frame.isStored) gist.stored[frame.lane] = Math.max(gist.stored[frame.lane] as number, frame.position)
      break
    case 'snapshot':
      shownOf(gist, frame.subscription).snapshot = stateOf(frame.snapshot)
      break
    case 'emitted':
      shownOf(gist, frame.subscription).events.push(toTagged(frame.event))
      break
    case 'unsubscribe':
      shownOf(gist, frame.subscription).end = frame.code
      break
    case 'close':
      gist.end = frame.code
  }
}

function shownOf({ shown }: Growing, subscription: number): Shown {
  shown[subscription] ??= { events: [] }
  return shown[subscription]
}

/** Ids are of chance, and the words of errors are for people. */
function essenceOf({ id: _, payload, ...envelope }: WireEnvelope): unknown {
  const error = payload as { readonly code?: string } | undefined
  return { ...envelope, payload: envelope.kind === 'failed' ? error?.code : toTagged(payload) }
}

/** What XState keeps besides is its own. */
function stateOf(snapshot: unknown): unknown {
  const { status, value, context, tags } = snapshot as Record<string, unknown>
  return toTagged({ status, value, context, tags })
}
