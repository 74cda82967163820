/** What a call may cost: asked of the arguments that the tool gets, never of those that a brain has written. */
import { RosciusError } from '../../core/errors.js'
import type { Tool } from '../tools/tool.js'

/** `undefined` where it is not known. Throws `OPTIONS_INVALID` for what is no amount: a rule about costs could not see it. */
export function costOf(
  tool: Tool,
  input: unknown,
  costUsd: (call: { readonly tool: string; readonly input: unknown }) => number | undefined,
): number | undefined {
  const read = argumentsOf(tool, input)
  if (read === undefined) return undefined
  const cost = costUsd({ tool: tool.name, input: read.input })
  if (cost === undefined || (Number.isFinite(cost) && cost >= 0)) return cost
  throw new RosciusError('OPTIONS_INVALID', `costUsd: gave ${cost} for a call of ${tool.name}, which is no amount`, {
    details: { field: 'costUsd' },
  })
}

/** `undefined` if they are refused, by whoever judges the call. */
function argumentsOf({ input: schema }: Tool, input: unknown): { readonly input: unknown } | undefined {
  try {
    const result = schema.safeParse(input)
    return result.success ? { input: result.data } : undefined
  } catch {
    return undefined
  }
}
