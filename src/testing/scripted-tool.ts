/** A tool that answers what it was told to answer, and remembers how it was called: for tests. */
import type { z } from 'zod'
import { defineTool } from '../governance/tools/define-tool.js'
import type { Tool, ToolArgs, ToolSpec } from '../governance/tools/tool.js'
import { wait } from './wait.js'

/**
 * What one call comes to: an output (checked against no type, so that it may be of a wrong shape), an error that is thrown, or
 * nothing for ever. `afterMs`: by the system's clock.
 */
export type ToolStep =
  | { readonly output: unknown; readonly afterMs?: number }
  | { readonly error: Error; readonly afterMs?: number }
  | { readonly hangs: true }

/** What one call comes to, or how to find out from its input. */
export type ToolScriptStep<TInput = unknown> = ToolStep | ((input: TInput) => ToolStep)

export interface ScriptedCall<TInput = unknown> {
  readonly input: TInput
  /** The same for every attempt of one call, over crashes too; `undefined` outside a system. */
  readonly effectId: string | undefined
  /** Which step answered; counts from 0. */
  readonly step: number
}

/** What a tool is, without what it does; a whole tool will do. */
export type ToolFace<TInput extends z.ZodType = z.ZodType, TOutput extends z.ZodType = z.ZodType> = Omit<
  ToolSpec<TInput, TOutput>,
  'execute' | 'isolation'
>

export type ScriptedTool<TInput extends z.ZodType = z.ZodType, TOutput extends z.ZodType = z.ZodType> = Tool<
  TInput,
  TOutput
> & {
  /** How it was called, in order; grows. */
  readonly calls: readonly ScriptedCall<z.output<TInput>>[]
}

/**
 * A tool made by `defineTool` that plays one step for each call, and fails when there are no more. A call that is made again
 * after a crash (by the same effect) gets the same step, as long as the script lives. Throws `OPTIONS_INVALID` as `defineTool`
 * does.
 *
 * @example
 * ```ts
 * import { scriptedTool } from 'roscius/testing'
 * import { z } from 'zod'
 *
 * const face = { name: 'search', version: '1.0.0', description: 'Searches.', risk: 'read' } as const
 * const search = scriptedTool({ ...face, input: z.object({ q: z.string() }), output: z.array(z.string()) }, [
 *   { output: ['honey'], afterMs: 2_000 },
 *   { error: new Error('the index is gone') },
 *   { output: 'no list at all' },
 *   { hangs: true },
 * ])
 * console.log(search.calls.length)
 * ```
 */
export function scriptedTool<TInput extends z.ZodType, TOutput extends z.ZodType>(
  face: ToolFace<TInput, TOutput>,
  steps: readonly ToolScriptStep<z.output<TInput>>[],
): ScriptedTool<TInput, TOutput> {
  const calls: ScriptedCall<z.output<TInput>>[] = []
  const numbers = new Map<string, number>()
  let next = 0
  const stepFor = (effectId: string | undefined): number => {
    const step = (effectId === undefined ? undefined : numbers.get(effectId)) ?? next++
    if (effectId !== undefined) numbers.set(effectId, step)
    return step
  }
  const execute = async ({ input, signal, effectId }: ToolArgs<z.output<TInput>>): Promise<z.input<TOutput>> => {
    const step = stepFor(effectId)
    calls.push({ input, effectId, step })
    const said = steps[step]
    if (said === undefined) throw new Error(`The script has ${steps.length} steps, and the tool is called once more.`)
    return (await played(typeof said === 'function' ? said(input) : said, signal)) as z.input<TOutput>
  }
  const { name, version, description, input, output, scopes, risk, idempotent, timeoutMs, retry } = face
  const spec = { name, version, description, input, output, risk, execute }
  const rest = { scopes, idempotent, timeoutMs, retry }
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  return Object.freeze({ ...defineTool<TInput, TOutput>({ ...spec, ...given }), calls })
}

async function played(step: ToolStep, signal: AbortSignal): Promise<unknown> {
  const ms = 'hangs' in step ? Number.POSITIVE_INFINITY : (step.afterMs ?? 0)
  if (ms > 0) await wait(ms, signal)
  if ('error' in step) throw step.error
  return 'output' in step ? step.output : undefined
}
