/** What is said on the desk. Each agent answers one event with one of its own. */
import { z } from 'zod'
import type { Quote } from './figures.js'

const trade = { instrument: z.string(), side: z.enum(['buy', 'sell']), pieces: z.number(), price: z.number() }
const nothing = { instrument: z.string(), reason: z.string() }

/** Analysis to risk: this looks worth doing. `change`: of the price, against the average of three days. */
export const signalSchema = z.object({ type: z.literal('SIGNAL'), ...trade, change: z.number() })
/** Analysis: nothing to do. */
export const holdSchema = z.object({ type: z.literal('HOLD'), ...nothing })
/** Risk to execution: do it. The pieces are reserved in the position. */
export const orderSchema = z.object({ type: z.literal('ORDER'), ...trade })
/** Risk: don't. */
export const vetoSchema = z.object({ type: z.literal('VETO'), ...nothing })
/** Execution to the position: it is done. */
export const filledSchema = z.object({ type: z.literal('FILLED'), ...trade })
/** Execution to the position: it is not done, and the reservation is void. */
export const droppedSchema = z.object({ type: z.literal('DROPPED'), ...nothing })

export type Signal = z.infer<typeof signalSchema>
export type Order = z.infer<typeof orderSchema>
export type Decided =
  | Signal
  | Order
  | z.infer<typeof holdSchema>
  | z.infer<typeof vetoSchema>
  | z.infer<typeof filledSchema>
  | z.infer<typeof droppedSchema>
export type DeskEvent = Quote | Decided
