/** A server's tools as tools of ours. */
import { isRosciusError, type Tool } from '../../src/index.js'
import { Connection } from './connection.js'
import { type McpImportOptions, type ReadImportOptions, readImport } from './import-options.js'
import { type ImportedAs, importedTool } from './imported-tool.js'
import { outputOf } from './remote-answer.js'
import { type ListedTool, pinOf, type RemoteTool } from './remote-tool.js'
import type { McpServerInfo } from './sdk-client.js'
import type { McpTarget, ReadTarget } from './server-target.js'
import { namesFor } from './tool-names.js'

/** A tool that was not imported. */
export interface RefusedTool {
  /** As the server calls it. */
  readonly name: string
  readonly reason: string
}

/** The tools of a server, as they were when they were imported. */
export interface McpImport extends AsyncDisposable {
  readonly serverInfo: McpServerInfo
  readonly tools: readonly Tool[]
  /** What the server offers and was not imported: changed since it was pinned, not pinned, or not to be understood. */
  readonly refused: readonly RefusedTool[]
  /** For each tool offered, imported or not, the hash of all that its server says of it: what `pins` takes. */
  readonly pins: Readonly<Record<string, string>>
  /** Ends the connection, and the program if one was started. Calls that run are lost; calls that come fail. */
  close(): Promise<void>
}

/**
 * Connects to an MCP server and gives its tools, for `toolRegistry` or an agent. It stays connected until `close`, and begins
 * anew with the next call if the server dies.
 *
 * Rejects with `OPTIONS_INVALID` (with the path of the field, or if `@modelcontextprotocol/sdk` is not installed) and
 * `MCP_UNAVAILABLE`. Failures of a call are answers: see `callTool`.
 *
 * @example
 * ```ts
 * import { toolRegistry } from 'roscius'
 * import { fromMcpServer } from 'roscius/mcp'
 *
 * await using files = await fromMcpServer(
 *   { command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '/srv/reports'] },
 *   { name: 'files', minRisk: 'read' },
 * )
 * const tools = toolRegistry(files.tools)
 * console.log(tools.list().map(({ name, risk }) => `${name}: ${risk}`))
 * ```
 */
export async function fromMcpServer(server: McpTarget, options: McpImportOptions = {}): Promise<McpImport> {
  const [target, read] = readImport(server, options)
  let name = read.name ?? addressOf(target)
  const connection = new Connection(target, read, () => name)
  try {
    const serverInfo = await connection.serverInfo()
    name = read.name ?? plainServerName(serverInfo.name)
    const version = plainVersion(serverInfo.version)
    const offer = importAll(await connection.list(), { server: name, version }, read, connection)
    const close = (): Promise<void> => connection.close()
    return { serverInfo, ...offer, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await connection.close()
    throw error
  }
}

type ServerAs = Omit<ImportedAs, 'name'>

interface Offer {
  readonly remote: RemoteTool
  readonly name: string
  readonly pin: string
}

function importAll(
  listed: readonly ListedTool[],
  as: ServerAs,
  options: ReadImportOptions,
  connection: Connection,
): Pick<McpImport, 'tools' | 'refused' | 'pins'> {
  const offers = offersIn(listed, options)
  const made = offers.map((offer) => [offer, madeOf(offer, offers, as, options, connection)] as const)
  const unread = listed.flatMap((one) => ('tool' in one ? [] : [{ name: one.name, reason: one.problem }]))
  return {
    tools: made.flatMap(([, tool]) => (typeof tool === 'string' ? [] : [tool])),
    refused: [
      ...unread,
      ...made.flatMap(([{ remote }, reason]) => (typeof reason === 'string' ? [{ name: remote.name, reason }] : [])),
    ],
    pins: Object.fromEntries(offers.map(({ name, pin }) => [name, pin])),
  }
}

function offersIn(listed: readonly ListedTool[], { prefix }: ReadImportOptions): Offer[] {
  const remotes = listed.flatMap((one) => ('tool' in one ? [one.tool] : []))
  const names = namesFor([...new Set(remotes.map(({ name }) => name))], prefix)
  return remotes.map((remote) => ({ remote, name: names.get(remote.name)!, pin: pinOf(remote) }))
}

/** The tool, or why there is none. */
function madeOf(
  offer: Offer,
  offers: readonly Offer[],
  as: ServerAs,
  options: ReadImportOptions,
  connection: Connection,
): Tool | string {
  // Which of two is meant can't be known.
  if (offers.some((other) => other !== offer && other.name === offer.name)) return 'is offered twice'
  return whyNot(offer, options) ?? imported(offer, as, options, connection)
}

function whyNot({ name, pin }: Offer, { pins }: ReadImportOptions): string | undefined {
  if (pins === undefined || pins[name] === pin) return undefined
  return Object.hasOwn(pins, name) ? 'has changed since it was pinned' : 'is not pinned'
}

/** What the user's own options do wrong is thrown. */
function imported(
  { remote, name, pin }: Offer,
  as: ServerAs,
  options: ReadImportOptions,
  connection: Connection,
): Tool | string {
  try {
    return importedTool(remote, { ...as, name }, options, async (args, isIdempotent) =>
      outputOf(await connection.call({ remoteName: remote.name, pin, isIdempotent }, args), options.maxOutputBytes),
    )
  } catch (error) {
    const field = isRosciusError(error, 'OPTIONS_INVALID') ? String(error.details.field) : ''
    if (!/^(name|input|output|description)/.test(field)) throw error
    return (error as Error).message
  }
}

function addressOf(target: ReadTarget): string {
  return 'command' in target ? target.command : target.url.host
}

/** A name that a scope can hold. */
function plainServerName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.@/-]/g, '_').slice(0, 100) || 'server'
}

/** Tools have versions as in semver, servers have any. */
function plainVersion(version: string): string {
  return /^(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})$/.test(version) ? version : '0.0.0'
}
