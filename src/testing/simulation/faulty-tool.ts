/** A tool with which things go wrong, by chance that repeats. */
import type { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import type { Tool, ToolArgs } from '../../governance/tools/tool.js'
import { callFaultsSchema, readRates } from './fault-rates.js'
import type { FaultyOptions } from './faulty-brain.js'
import { callWithFaults } from './faulty-call.js'

/**
 * `tool`, but late, rate limited, answering nonsense, hanging or crashing, each with its probability; `late`, `wrongShape` and
 * `hang` strike after the tool has done its work, `crash` before or after. Waits go by the system's clock; the waits between
 * its attempts have no jitter. Throws `OPTIONS_INVALID` for what is no probability, and for a tool in a process of its own,
 * which no seed can rule.
 *
 * @example
 * ```ts
 * import { defineTool } from 'roscius'
 * import { faultyTool, seededRandom } from 'roscius/testing'
 * import { z } from 'zod'
 *
 * const search = defineTool({
 *   name: 'search',
 *   version: '1.0.0',
 *   description: 'Searches.',
 *   input: z.object({ q: z.string() }),
 *   output: z.array(z.string()),
 *   risk: 'read',
 *   execute: ({ input }) => [input.q],
 * })
 * export const flaky = faultyTool(search, { random: seededRandom('a'), late: 0.1, crash: 0.1 })
 * ```
 */
export function faultyTool<TInput extends z.ZodType, TOutput extends z.ZodType>(
  tool: Tool<TInput, TOutput>,
  options: FaultyOptions,
): Tool<TInput, TOutput> {
  const { random, note = () => undefined, name = tool.name, ...given } = options
  const rates = readRates('faultyTool', callFaultsSchema, given)
  const { execute } = tool
  if (typeof execute !== 'function') throw inProcess(tool.name)
  const nonsense = (answer: unknown): unknown =>
    NONSENSE.find((value) => !tool.output.safeParse(value).success) ?? answer
  const faulty = (args: ToolArgs<z.output<TInput>>): Promise<z.input<TOutput>> => {
    const { input, signal } = args
    const call = { kind: 'tool', name, input, signal, rates, random, note, nonsense } as const
    return callWithFaults<z.input<TOutput>>(call, () => execute(args))
  }
  return Object.freeze({ ...tool, execute: faulty, retry: { ...tool.retry, jitter: 0 } })
}

/** One of them is of the wrong shape for any schema that has one. */
const NONSENSE: readonly unknown[] = [null, 'undefined', { unexpected: true }, -1]

function inProcess(name: string): RosciusError {
  const message = `faultyTool: isolation: ${name} runs in a process of its own, which has a time of its own.`
  return new RosciusError('OPTIONS_INVALID', message, { details: { field: 'isolation' } })
}
