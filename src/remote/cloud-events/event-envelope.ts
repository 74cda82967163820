/** An event with its metadata, as the world outside sees it; and an event put into one and taken out again. */
import { isPlainPrototype } from '../../persistence/storable.js'
import type { VectorClock } from '../conversation/vector-clock.js'
import { cloudEventInvalid } from './invalid.js'

/**
 * An event with its metadata. Fields have the names of the CloudEvents attributes that they are, but for `hops`, `priority`
 * and `clock`, which are `rosciushops`, `rosciuspriority` and `rosciusclock` there. Only `id`, `source` and `type` must be.
 */
export interface EventEnvelope {
  /** With `source` it names the event: two with the same are one event that came twice. */
  readonly id: string
  /** Address of the sender (`roscius://node/path`); of something else outside, any URI or relative reference. */
  readonly source: string
  /** Address of the receiver. */
  readonly subject?: string
  /** Type of the event. */
  readonly type: string
  /** When it was sent: ms since the epoch, whole ones. */
  readonly time?: number
  /** The event without its type: a JSON value, or bytes. `undefined`: it has none. */
  readonly data?: unknown
  /** Media type of `data`. Absent: `application/json`. If it is not JSON, `data` is text or bytes. */
  readonly datacontenttype?: string
  /** URI of a schema of `data`. */
  readonly dataschema?: string
  /** The conversation that it belongs to. */
  readonly correlationid?: string
  /** `id` of the event that it was caused by: of an answer, the question's. */
  readonly causationid?: string
  /** W3C Trace Context. */
  readonly traceparent?: string
  readonly tracestate?: string
  /** After this time it is not worth having: ms since the epoch, whole ones. */
  readonly expirytime?: number
  /** How often it may still be passed on to another node: 0 to 255. */
  readonly hops?: number
  readonly priority?: 'high' | 'normal' | 'low'
  /** Vector clock of the conversation; an empty one is none. */
  readonly clock?: VectorClock
  /** Attributes of others, as they came: names of lower-case letters and digits; integers are of 32 bits. */
  readonly extensions?: Readonly<Record<string, string | number | boolean>>
}

/** What an envelope says beside its event. */
export type EventMetadata = Omit<EventEnvelope, 'type' | 'data'>

interface AnyEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/**
 * The event in an envelope: its fields, but for `type`, are the data. Copies nothing.
 *
 * @example
 * ```ts
 * import { toCloudEvent, wrapEvent } from 'roscius'
 *
 * const envelope = wrapEvent({ type: 'PAID', amount: 5 }, { id: '1', source: 'roscius://shop/orders/o1' })
 * console.log(toCloudEvent(envelope).data) // { amount: 5 }
 * ```
 */
export function wrapEvent<TEvent extends { readonly type: string }>(
  event: TEvent,
  metadata: EventMetadata,
): EventEnvelope {
  const { type, ...data } = event
  return Object.keys(data).length === 0 ? { ...metadata, type } : { ...metadata, type, data }
}

/**
 * The event of an envelope: its type, with the fields of its data. Throws `CLOUD_EVENT_INVALID` if the data is no object, or
 * has a field `type` of its own: make the event yourself then, `{ type: envelope.type, payload: envelope.data }`.
 */
export function unwrapEvent({ type, data }: EventEnvelope): AnyEvent {
  if (data === undefined) return { type }
  if (typeof data !== 'object' || data === null || !isPlainPrototype(Object.getPrototypeOf(data)))
    throw cloudEventInvalid('data', 'must be an object to be the fields of an event')
  if (Object.hasOwn(data, 'type')) throw cloudEventInvalid('data.type', 'would take the place of the type of the event')
  return { ...data, type }
}
