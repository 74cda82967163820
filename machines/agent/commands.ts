/** What others may tell an agent, as they have to write it. What is written otherwise changes nothing. */
import { z } from 'zod'
import { grantSchema } from './limits.js'

const text = z.string().min(1)
const by = text.optional()

/** Commands by their type. `grant` adds to the agent's own limits; the ledger's are not its to change. */
export const agentCommandSchemas = {
  /** Ends the wait for work. */
  START: z.object({
    type: z.literal('START'),
    goal: text.optional(),
    constraints: z.array(z.string()).optional(),
  }),
  PAUSE: z.object({ type: z.literal('PAUSE'), by }),
  RESUME: z.object({ type: z.literal('RESUME'), by, grant: grantSchema.optional() }),
  /** More context. In `waiting.forPerson` it is an answer. */
  GUIDE: z.object({ type: z.literal('GUIDE'), context: text, by, grant: grantSchema.optional() }),
  /** Another goal or other constraints. */
  REDIRECT: z
    .object({
      type: z.literal('REDIRECT'),
      goal: text.optional(),
      constraints: z.array(z.string()).optional(),
      by,
      grant: grantSchema.optional(),
    })
    .refine(({ goal, constraints }) => goal !== undefined || constraints !== undefined, 'needs a goal or constraints'),
  APPROVE: z.object({ type: z.literal('APPROVE'), approvalId: text, by: text }),
  DENY: z.object({ type: z.literal('DENY'), approvalId: text, by: text, reason: z.string().optional() }),
  ANSWER: z.object({ type: z.literal('ANSWER'), text, by }),
  /** What a peer found out about a task that it was given. */
  REPLY: z.object({ type: z.literal('REPLY'), taskId: text, output: z.unknown() }),
  CANCEL: z.object({ type: z.literal('CANCEL'), reason: z.string().optional(), by }),
  /** Sent by `ref.cancel()`. */
  'roscius.cancel': z.object({ type: z.literal('roscius.cancel'), reason: z.string().optional() }),
} as const

type Schemas = typeof agentCommandSchemas
export type AgentCommandType = keyof Schemas
export type AgentCommand = { [K in AgentCommandType]: z.infer<Schemas[K]> }[AgentCommandType]

/** The command, or undefined if that is not what `event` is. */
export function readCommand<K extends AgentCommandType>(type: K, event: unknown): z.infer<Schemas[K]> | undefined {
  const result = agentCommandSchemas[type].safeParse(event)
  return result.success ? (result.data as z.infer<Schemas[K]>) : undefined
}

/** Whether `event` is written as its type wants it. Events of other types are none of its business. */
export function isWellFormed(event: { readonly type: string }): boolean {
  if (!Object.hasOwn(agentCommandSchemas, event.type)) return true
  return agentCommandSchemas[event.type as AgentCommandType].safeParse(event).success
}
