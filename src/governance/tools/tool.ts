/** What a tool is: data that policies, brains and people read, and a function that does the work. */
import type { z } from 'zod'
import type { Risk } from '../policy/policy.js'
import type { ToolModule } from './isolated/tool-module.js'

/** A JSON Schema (draft 7). */
export type ToolJsonSchema = Readonly<Record<string, unknown>>

/** What a tool's function is given. */
export interface ToolArgs<TInput = unknown> {
  /** As the schema gives it: complete, of the right types. */
  readonly input: TInput
  /** Aborted on the deadline of the attempt, and when the effect is stopped. In a process of its own never: that is killed. */
  readonly signal: AbortSignal
  /** The same for all attempts, over crashes too: give it to the outside as an idempotency key. `undefined` outside Roscius. */
  readonly effectId: string | undefined
  /** Counts from 1 within this start of the effect. */
  readonly attempt: number
  /** Says that the call makes progress; needed only where the agent's tool logic was given a `heartbeatMs`. */
  readonly heartbeat: () => void
}

/** As a method: a tool of something narrower is a tool. What it is given is checked by the tool's own schema. */
export type ToolFunction<TInput = unknown, TOutput = unknown> = {
  call(args: ToolArgs<TInput>): Promise<TOutput> | TOutput
}['call']

export interface ToolRetry {
  /** How often it is tried in all. Default 1: no retry. */
  readonly maxAttempts?: number
  /** Wait before the second attempt, in ms. Default 200. */
  readonly initialMs?: number
  /** Each wait is this many times the one before. Default 2. */
  readonly factor?: number
  /** Longest wait, in ms. Default 30 000. */
  readonly maxMs?: number
  /** The share of a wait, 0 to 1, by which chance lengthens or shortens it. Default 0.2. */
  readonly jitter?: number
  /** Whether what the function threw is worth another attempt. Default: everything is. */
  readonly isRetryable?: (error: unknown) => boolean
}

interface ToolFields<TInput extends z.ZodType, TOutput extends z.ZodType> {
  /** Letters, digits, `_`, `-`, at most 64: what every model takes. */
  readonly name: string
  /** As in semver, such as `1.0.0`. */
  readonly version: string
  /** What it does and when to use it, for brains and people. */
  readonly description: string
  /** An object schema that JSON Schema can say and that checks at once: no async refinements. */
  readonly input: TInput
  readonly output: TOutput
  /** What the caller must be granted, such as `read:files`. Default none. */
  readonly scopes?: readonly string[]
  readonly risk: Risk
  /** Whether the same call twice does no more than once. Default: whether it only reads. */
  readonly idempotent?: boolean
  /** Deadline of one attempt, in ms. Default 30 000. */
  readonly timeoutMs?: number
  /** Only for tools that are idempotent. */
  readonly retry?: ToolRetry
}

/** A tool as its author writes it. */
export type ToolSpec<TInput extends z.ZodType = z.ZodType, TOutput extends z.ZodType = z.ZodType> = ToolFields<
  TInput,
  TOutput
> &
  (
    | { readonly isolation?: 'inline'; readonly execute: ToolFunction<z.output<TInput>, z.input<TOutput>> }
    | {
        /** Each call in a child process, with limits on time, memory and output. */
        readonly isolation: 'process'
        /** Functions can't cross to another process: where to find it there. */
        readonly execute: ToolModule
      }
  )

/** A tool that was read: complete. */
export interface Tool<TInput extends z.ZodType = z.ZodType, TOutput extends z.ZodType = z.ZodType> {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly input: TInput
  readonly output: TOutput
  /** What brains are shown of `input`. */
  readonly inputSchema: ToolJsonSchema
  readonly outputSchema: ToolJsonSchema
  readonly scopes: readonly string[]
  readonly risk: Risk
  readonly idempotent: boolean
  readonly timeoutMs: number
  readonly retry: ToolRetry & { readonly maxAttempts: number }
  readonly isolation: 'inline' | 'process'
  readonly execute: ToolFunction<z.output<TInput>, z.input<TOutput>> | ToolModule
}

/** What a tool answers, as its schema gives it. */
export type OutputOf<TTool extends Tool> = z.output<TTool['output']>
