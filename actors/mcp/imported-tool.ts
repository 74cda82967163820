/**
 * A server's tool as a tool of ours.
 *
 * What it says of its own risk is a hint. The specification of MCP wants it disregarded unless the server is trusted: it can
 * raise a risk above `minRisk`, and never lower it.
 */
import { z } from 'zod'
import { defineTool, type Risk, type Tool, type ToolArgs } from '../../src/index.js'
import type { ReadImportOptions } from './import-options.js'
import { checkedBy } from './remote-schema.js'
import type { RemoteTool } from './remote-tool.js'

export type CallRemote = (args: ToolArgs<Record<string, unknown>>, isIdempotent: boolean) => Promise<unknown>

export interface ImportedAs {
  readonly name: string
  readonly version: string
  readonly server: string
}

const RISKS: readonly Risk[] = ['read', 'write', 'danger']
const MAX_DESCRIPTION = 4_000

/** The tool; `call` does its work. Throws `OPTIONS_INVALID` for one that can't be. */
export function importedTool(
  remote: RemoteTool,
  { name, version, server }: ImportedAs,
  options: ReadImportOptions,
  call: CallRemote,
): Tool {
  const risk = riskOf(remote, options)
  const idempotent = isIdempotent(remote, risk, options)
  const tool = defineTool({
    name,
    version,
    description: describe(remote, server),
    input: checkedBy(z.looseObject({}), remote.inputSchema),
    output: remote.outputSchema === undefined ? z.unknown() : checkedBy(z.unknown(), remote.outputSchema),
    scopes: options.scopes ?? [`mcp:${server}`],
    risk,
    idempotent,
    timeoutMs: options.timeoutMs,
    execute: (args) => call(args, idempotent),
  })
  const outputSchema = remote.outputSchema ?? tool.outputSchema
  return Object.freeze({ ...tool, inputSchema: remote.inputSchema, outputSchema })
}

/** By the hints and their defaults in the specification: what says nothing of itself may destroy. */
function hintedRisk({ annotations = {} }: RemoteTool): Risk {
  if (annotations.readOnlyHint === true) return 'read'
  return annotations.destructiveHint === false ? 'write' : 'danger'
}

function riskOf(remote: RemoteTool, { risk, minRisk }: ReadImportOptions): Risk {
  const hinted = hintedRisk(remote)
  return risk?.(remote) ?? (RISKS.indexOf(hinted) > RISKS.indexOf(minRisk) ? hinted : minRisk)
}

function isIdempotent(remote: RemoteTool, risk: Risk, { idempotent, minRisk }: ReadImportOptions): boolean {
  const isBelieved = minRisk !== 'danger' && remote.annotations?.idempotentHint === true
  return idempotent?.(remote) ?? (risk === 'read' || isBelieved)
}

function describe({ name, title, description }: RemoteTool, server: string): string {
  const text = [description, title].find((words) => words !== undefined && words.trim() !== '')
  return (text ?? `The tool ${name} of the MCP server ${server}.`).trim().slice(0, MAX_DESCRIPTION)
}
