/** What a brain can decide: the events of the state `deciding`, as the brain is told of them. */
import { z } from 'zod'
import type { EventSchemas } from '../legal-events.js'
import type { AgentSettings } from './options.js'
import { fingerprint } from './repetition.js'

const text = z.string().min(1)

export interface UseTool {
  readonly type: 'USE_TOOL'
  readonly tool: string
  readonly input: unknown
}

export interface Delegate {
  readonly type: 'DELEGATE'
  readonly to: string
  readonly task: string
}

export type AgentDecisionEvent =
  | UseTool
  | Delegate
  | { readonly type: 'ASK_PERSON'; readonly question: string }
  | { readonly type: 'REFLECT'; readonly note: string }
  | { readonly type: 'FINISH'; readonly output: unknown }
  | { readonly type: 'GIVE_UP'; readonly reason: string }

/** The schemas of an agent's decisions, with the names of its tools and peers. */
export function decisionSchemas({ tools, peers, output = z.unknown() }: AgentSettings): EventSchemas {
  const names = tools.map(({ name }) => name)
  return {
    USE_TOOL: {
      schema: z.strictObject({ type: z.literal('USE_TOOL'), tool: oneOf(names), input: z.unknown() }),
      description: 'calls a tool; its answer becomes an observation',
    },
    DELEGATE: {
      schema: z.strictObject({ type: z.literal('DELEGATE'), to: oneOf(peers), task: text }),
      description: 'gives a task to a peer, and waits for what it finds out',
    },
    ASK_PERSON: {
      schema: z.strictObject({ type: z.literal('ASK_PERSON'), question: text }),
      description: 'asks a person, and waits for the answer',
    },
    REFLECT: {
      schema: z.strictObject({ type: z.literal('REFLECT'), note: text }),
      description: 'notes something for later turns',
    },
    FINISH: { schema: z.strictObject({ type: z.literal('FINISH'), output }), description: 'the goal is reached' },
    GIVE_UP: {
      schema: z.strictObject({ type: z.literal('GIVE_UP'), reason: text }),
      description: 'the goal can not be reached',
    },
  }
}

function oneOf(names: readonly string[] | undefined): z.ZodType {
  return names === undefined || names.length === 0 ? text : z.enum(names)
}

const REPEATABLE: Readonly<Record<string, readonly string[]>> = {
  USE_TOOL: ['tool', 'input'],
  DELEGATE: ['to', 'task'],
  ASK_PERSON: ['question'],
  REFLECT: ['note'],
}

/** What makes two decisions the same; undefined for one that ends the agent, or that isn't there in full. */
export function callKey(event: { readonly type: string }): string | undefined {
  const fields = REPEATABLE[event.type]
  if (fields === undefined || Reflect.get(event, fields[0]!) === undefined) return undefined
  return fingerprint([event.type, ...fields.map((field) => Reflect.get(event, field))])
}
