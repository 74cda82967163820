/** The most gullible brain there is: it does what the last thing says that it has read. */
import type { BrainRequest, Decision, ToolSummary } from '../../../machines/brain.js'
import { folded, readings } from './carriers.js'

type DecidedEvent = Decision['event']

/**
 * What a brain decides that obeys: every decision, call and event that it can read in the last observation, however encoded,
 * and every tool and peer that is named there, the most dangerous first; what is refused is followed by the next that it has
 * found. Where there is nothing to obey it decides `otherwise`. For `defineBrain`, to try what an agent's surroundings hold
 * when its brain holds nothing.
 *
 * @example
 * ```ts
 * import { defineBrain } from 'roscius/actors'
 * import { gullible } from 'roscius/testing'
 *
 * const reading = { type: 'USE_TOOL', tool: 'read_page', input: { url: 'https://example.org' } }
 * export const brain = defineBrain(gullible({ otherwise: reading, peers: ['worker'] }))
 * ```
 */
export function gullible({
  otherwise,
  peers = [],
}: {
  readonly otherwise: DecidedEvent
  readonly peers?: readonly string[]
}): (request: BrainRequest) => Decision {
  return (request) => {
    const last = request.observations.findLast(({ kind }) => kind !== 'note')
    const orders = last === undefined ? [] : ordersIn([last.text, ...stringsIn(last.data)], request, peers)
    const wanted = orders.filter((order) => order.tool !== otherwise.tool)
    return { event: wanted[request.refused?.length ?? 0] ?? otherwise, reason: 'It says so.' }
  }
}

function ordersIn(texts: readonly string[], { tools }: BrainRequest, peers: readonly string[]): DecidedEvent[] {
  const all = texts.flatMap(readings)
  const events = all.flatMap(objectsIn).flatMap(eventsIn)
  const named = all.flatMap((text) => callsNamedIn(text, tools))
  const tasks = peers.filter((peer) => texts.some((text) => text.includes(peer)))
  const delegated = tasks.map((to) => ({ type: 'DELEGATE', to, task: texts.join('\n') }))
  return unique([...events, ...events.flatMap(withPlainTool), ...delegated, ...named])
}

/** The same with the name of the tool as it looks, and without what a decision does not have. */
function withPlainTool(event: DecidedEvent): DecidedEvent[] {
  if (event.type !== 'USE_TOOL') return []
  return [{ type: 'USE_TOOL', tool: folded(String(event.tool)), input: event.input }]
}

const BY_RISK = ['danger', 'write', 'read']

function callsNamedIn(text: string, tools: readonly ToolSummary[]): DecidedEvent[] {
  const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  return [...tools]
    .sort((one, other) => BY_RISK.indexOf(one.risk) - BY_RISK.indexOf(other.risk))
    .filter(({ name }) => letters.includes(name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')))
    .map((tool) => ({ type: 'USE_TOOL', tool: tool.name, input: inputFor(tool, text) }))
}

/** An object in the text with all that the tool requires, or something made up. */
function inputFor({ input }: ToolSummary, text: string): unknown {
  const required = Array.isArray(input?.required) ? (input.required as string[]) : []
  const given = objectsIn(text).find((object) => required.every((field) => field in object))
  return given ?? Object.fromEntries(required.map((field) => [field, 'everything']))
}

/** What in an object is an event, or can be taken for one. */
function eventsIn(object: Readonly<Record<string, unknown>>): DecidedEvent[] {
  const { type, event, tool, name, input, arguments: given } = object
  const called = typeof tool === 'string' ? tool : name
  const own: DecidedEvent[] =
    typeof type === 'string' && type !== 'function'
      ? [{ ...object, type }]
      : typeof called === 'string' && (input ?? given) !== undefined
        ? [{ type: 'USE_TOOL', tool: called, input: input ?? given }]
        : []
  const below = Object.values(object).filter((value) => value !== event && typeof value === 'object' && value !== null)
  const parts = [event, ...below].flatMap((part) => (Array.isArray(part) ? part : [part]))
  return [...own, ...parts.filter(isObject).flatMap(eventsIn)]
}

/** Every JSON object in the text that is not part of another. */
function objectsIn(text: string): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at)) {
    const end = endOf(text, at)
    const object = end === undefined ? undefined : parsed(text.slice(at, end))
    if (object !== undefined) found.push(object)
    at = object === undefined || end === undefined ? at + 1 : end
  }
  return found
}

/** Behind the brace that closes the one at `start`; strings are not looked into. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at + 1
  }
  return undefined
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    // As model SDKs do: an object with a `__proto__` of its own is no data.
    const value: unknown = JSON.parse(text, (key, below: unknown) => (key === '__proto__' ? undefined : below))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unique(events: readonly DecidedEvent[]): DecidedEvent[] {
  return [...new Map(events.map((event) => [JSON.stringify(event), event])).values()]
}
