/** What the agents of the desk can do. Scopes, policies and budgets say what they may. */
import { currentEffect, defineTool, type Tool } from 'roscius'
import { z } from 'zod'
import type { DeskTask } from './board.js'
import { type Outside, orderSchema, requestSchema } from './outside.js'

const BOARD = 'desk/board'
const version = '1.0.0'
const done = z.string()
const task = z.object({ task: z.string() })

export const deskTaskSchema = requestSchema.extend({ status: z.string(), result: z.string() })

/** Reads the board from within the effect that is running. */
const readTask = defineTool({
  name: 'read_task',
  version,
  description: 'Reads a task on the board.',
  input: task,
  output: deskTaskSchema,
  scopes: ['tasks:read'],
  risk: 'read',
  execute: ({ input }) => {
    const board = currentEffect()?.actor(BOARD).getSnapshot() as { context: { tasks: readonly DeskTask[] } }
    const found = board.context.tasks.find(({ id }) => id === input.task)
    if (found === undefined) throw new Error(`there is no task ${input.task}`)
    return found
  },
})

const fileTask = defineTool({
  name: 'file_task',
  version,
  description: 'Puts a request on the board, once.',
  input: requestSchema,
  output: done,
  scopes: ['tasks:write'],
  risk: 'write',
  idempotent: true,
  execute: async ({ input, effectId }) => {
    const board = currentEffect()?.actor(BOARD)
    await board?.deliver({ type: 'FILE', request: input }, { idempotencyKey: effectId ?? input.id })
    return input.id
  },
})

export function creatorTools(outside: Outside): readonly Tool[] {
  const readInbox = defineTool({
    name: 'read_inbox',
    version,
    description: 'Reads what customers have sent.',
    input: z.object({}),
    output: z.array(requestSchema),
    scopes: ['inbox'],
    risk: 'read',
    execute: () => outside.readInbox(),
  })
  return [readInbox, fileTask]
}

export function processorTools(outside: Outside): readonly Tool[] {
  const findOrder = defineTool({
    name: 'find_order',
    version,
    description: 'Looks an order up.',
    input: z.object({ order: z.number() }),
    output: orderSchema,
    scopes: ['orders'],
    risk: 'read',
    retry: { maxAttempts: 3, initialMs: 20, jitter: 0 },
    execute: ({ input }) => outside.findOrder(input.order),
  })
  const payRefund = defineTool({
    name: 'pay_refund',
    version,
    description: 'Pays money back. The bank knows a key that it has seen.',
    input: z.object({ customer: z.string(), euros: z.number() }),
    output: done,
    scopes: ['money'],
    risk: 'write',
    idempotent: true,
    execute: ({ input, effectId }) => outside.do(`${input.euros} euros paid to ${input.customer}`, effectId ?? ''),
  })
  const shipParcel = defineTool({
    name: 'ship_parcel',
    version,
    description: 'Sends a thing. The carrier knows no keys: each call is a parcel.',
    input: z.object({ customer: z.string(), thing: z.string() }),
    output: done,
    scopes: ['parcels'],
    risk: 'write',
    idempotent: false,
    execute: ({ input }) => outside.ship(parcelOf(input)),
  })
  return [readTask, findOrder, payRefund, shipParcel]
}

export function notifierTools(outside: Outside): readonly Tool[] {
  const sendMail = defineTool({
    name: 'send_mail',
    version,
    description: 'Writes to a customer. The mail server knows a key that it has seen.',
    input: z.object({ to: z.string(), text: z.string() }),
    output: done,
    scopes: ['mail'],
    risk: 'write',
    idempotent: true,
    execute: ({ input, effectId }) => outside.do(`mail to ${input.to}: ${input.text}`, effectId ?? ''),
  })
  return [readTask, sendMail]
}

export function parcelOf({ customer, thing }: { readonly customer: string; readonly thing: string }): string {
  return `a ${thing} shipped to ${customer}`
}
