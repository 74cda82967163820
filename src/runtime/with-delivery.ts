/** How what is sent through a ref travels to another node. */
import { z } from 'zod'
import type { DeliverySettings } from '../core/foreign-address.js'
import { readWith } from '../supervision/refusal.js'
import { RemoteHandle } from './remote-handle.js'

const SCHEMA = z.strictObject({
  delivery: z.enum(['exactlyOnce', 'atLeastOnce', 'atMostOnce']).optional(),
  deadlineMs: z.number().positive().optional(),
  priority: z.enum(['high', 'normal', 'low']).optional(),
  conversation: z.string().min(1).max(256).optional(),
  traceparent: z
    .string()
    .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'must be as W3C Trace Context says')
    .optional(),
})

/**
 * The same actor, by a ref through which everything is sent so: for `sendTo`, `send`, `deliver` and `ask` alike. The settings
 * stay with the ref when it is kept in a context. What is sent to an actor of this node takes none of this: there the ref is
 * answered as it is. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { type RosciusRef, withDelivery } from 'roscius'
 *
 * const hurry = (worker: RosciusRef) => withDelivery(worker, { priority: 'high', deadlineMs: 5_000 })
 * ```
 */
export function withDelivery<TRef extends object>(ref: TRef, settings: DeliverySettings): TRef {
  const read = readWith(SCHEMA, settings, 'withDelivery') as DeliverySettings
  return ref instanceof RemoteHandle ? (ref.withSettings(read) as unknown as TRef) : ref
}
