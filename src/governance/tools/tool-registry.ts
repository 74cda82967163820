/** The tools of a system by name and version: what brains are shown and calls are looked up in. Fixed once it is made. */
import { RosciusError } from '../../core/errors.js'
import type { Risk } from '../policy/policy.js'
import { missingScopes } from '../policy/scopes.js'
import { compareVersions, isPrerelease } from './semantic-version.js'
import type { Tool, ToolJsonSchema } from './tool.js'
import { searchTools } from './tool-search.js'

/** A tool without its function: JSON. */
export interface ToolInfo {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly risk: Risk
  readonly scopes: readonly string[]
  readonly input: ToolJsonSchema
  readonly output: ToolJsonSchema
}

interface ListOptions {
  /** Only tools that need nothing beyond these. Default: all tools. */
  readonly scopes?: readonly string[]
}

interface SearchOptions extends ListOptions {
  /** How many at most. Default 10. */
  readonly limit?: number
}

export interface ToolRegistry {
  /** The newest version, or that one. A version before a release is the newest only if there is no release. */
  get(name: string, version?: string): Tool | undefined
  /** All versions of a tool, the newest first. */
  versions(name: string): readonly string[]
  /** The newest version of each tool, by name. */
  list(options?: ListOptions): ToolInfo[]
  /** Those of `list` whose name or description has words of `text`, or words that begin so; the best first. */
  search(text: string, options?: SearchOptions): ToolInfo[]
}

/**
 * A registry of these tools. Throws `OPTIONS_INVALID` for two of the same name and version.
 *
 * @example
 * ```ts
 * import { defineTool, toolRegistry } from 'roscius'
 * import { z } from 'zod'
 *
 * const add = defineTool({
 *   name: 'add',
 *   version: '1.0.0',
 *   description: 'Adds two numbers.',
 *   input: z.object({ a: z.number(), b: z.number() }),
 *   output: z.number(),
 *   risk: 'read',
 *   execute: ({ input }) => input.a + input.b,
 * })
 * const tools = toolRegistry([add])
 * console.log(tools.search('numbers').map(({ name }) => name), tools.get('add')?.version)
 * ```
 */
export function toolRegistry(tools: readonly Tool[]): ToolRegistry {
  const byName = new Map<string, readonly Tool[]>()
  for (const [index, tool] of tools.entries()) {
    const others = byName.get(tool.name) ?? []
    if (others.some(({ version }) => version === tool.version)) throw doubled(tool, index)
    byName.set(tool.name, [...others, tool].sort(newestFirst))
  }
  const list = ({ scopes }: ListOptions = {}): ToolInfo[] =>
    [...byName.keys()].sort().flatMap((name) => {
      const [tool] = byName.get(name) ?? []
      const isUsable = tool !== undefined && (scopes === undefined || missingScopes(scopes, tool.scopes).length === 0)
      return isUsable ? [infoOf(tool)] : []
    })
  return {
    get: (name, version) => byName.get(name)?.find((tool) => version === undefined || tool.version === version),
    versions: (name) => byName.get(name)?.map(({ version }) => version) ?? [],
    list,
    search: (text, { limit = 10, ...options } = {}) => searchTools(list(options), text).slice(0, limit),
  }
}

function newestFirst(one: Tool, other: Tool): number {
  const releases = Number(isPrerelease(one.version)) - Number(isPrerelease(other.version))
  return releases || compareVersions(other.version, one.version)
}

function infoOf({ name, version, description, risk, scopes, inputSchema, outputSchema }: Tool): ToolInfo {
  return { name, version, description, risk, scopes, input: inputSchema, output: outputSchema }
}

function doubled({ name, version }: Tool, index: number): RosciusError {
  const message = `toolRegistry: ${index}: there are two tools ${name} of the version ${version}.`
  return new RosciusError('OPTIONS_INVALID', message, { details: { field: String(index) } })
}
