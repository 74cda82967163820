/**
 * A server as the tools see it: there when it is called.
 *
 * 1. A connection that broke is made again by the next call, once for all calls that wait; if that fails, so do they.
 * 2. A call is made only for a tool that is still as it was imported. The list is asked for again after a reconnection and
 *    after the server has said that it changed.
 * 3. A call that certainly did not reach the server is made once more, over a new connection. One whose answer was lost is
 *    not; if the tool is not idempotent, its outcome is unknown.
 * 4. Once closed it stays closed.
 */
import { RosciusError, type ToolArgs } from '../../src/index.js'
import type { ReadImportOptions } from './import-options.js'
import type { RemoteAnswer } from './remote-answer.js'
import { type ListedTool, pinOf } from './remote-tool.js'
import { connectClient, type McpClient, type McpServerInfo } from './sdk-client.js'
import type { ReadTarget } from './server-target.js'

/** Which tool, and as what it was imported. */
export interface PinnedTool {
  readonly remoteName: string
  readonly pin: string
  readonly isIdempotent: boolean
}

export class Connection {
  #opening: Promise<McpClient> | undefined
  /** What the last opening gave. */
  #standing: McpClient | undefined
  #listed: Promise<readonly ListedTool[]> | undefined
  #isClosed = false

  constructor(
    private readonly target: ReadTarget,
    private readonly options: ReadImportOptions,
    private readonly serverName: () => string,
  ) {}

  async serverInfo(): Promise<McpServerInfo> {
    return (await this.#ready()).serverInfo
  }

  /** What it offers now. */
  async list(): Promise<readonly ListedTool[]> {
    return this.#list(await this.#ready())
  }

  async call(tool: PinnedTool, args: ToolArgs<Record<string, unknown>>): Promise<RemoteAnswer> {
    const answer = (await this.#callOnce(tool, args)) ?? (await this.#callOnce(tool, args))
    if (answer === undefined) throw this.#unavailable('it takes no calls')
    return answer
  }

  /** `undefined`: it is certain that the call did not reach the server. */
  async #callOnce(
    tool: PinnedTool,
    { input, signal, heartbeat }: ToolArgs<Record<string, unknown>>,
  ): Promise<RemoteAnswer | undefined> {
    const client = await this.#ready()
    this.#assertUnchanged(tool, await this.#list(client))
    signal.throwIfAborted()
    const { timeoutMs } = this.options
    try {
      return await client.call({ name: tool.remoteName, args: input, signal, timeoutMs, onProgress: heartbeat })
    } catch (error) {
      signal.throwIfAborted()
      const fate = client.fateOf(error)
      if (fate === 'answered') throw error
      this.#drop(client)
      if (fate === 'unknown') throw this.#lost(tool, error)
      return undefined
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const client = await this.#opening?.catch(() => undefined)
    await client?.close()
  }

  #ready(): Promise<McpClient> {
    if (this.#isClosed) return Promise.reject(this.#unavailable('its connection was closed here'))
    if (this.#opening === undefined || this.#standing?.isOpen() === false) this.#opening = this.#open()
    return this.#opening
  }

  async #open(): Promise<McpClient> {
    this.#standing = undefined
    this.#listed = undefined
    try {
      this.#standing = await this.#connect()
      return this.#standing
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  async #connect(): Promise<McpClient> {
    const { connectTimeoutMs, maxOutputBytes } = this.options
    const onToolsChanged = (): void => {
      this.#listed = undefined
      this.options.onToolsChanged?.()
    }
    const client = await connectClient(this.target, { connectTimeoutMs, maxOutputBytes, onToolsChanged }).catch(
      (error) => {
        throw error instanceof RosciusError ? error : this.#unavailable(wordsOf(error), error)
      },
    )
    if (!this.#isClosed) return client
    await client.close()
    throw this.#unavailable('its connection was closed here')
  }

  #list(client: McpClient): Promise<readonly ListedTool[]> {
    const listing =
      this.#listed ??
      client.list().catch((error) => {
        if (this.#listed === listing) this.#listed = undefined
        if (client.fateOf(error) !== 'answered') this.#drop(client)
        throw this.#unavailable(wordsOf(error), error)
      })
    this.#listed = listing
    return listing
  }

  #assertUnchanged({ remoteName, pin }: PinnedTool, listed: readonly ListedTool[]): void {
    const now = listed.flatMap((one) => ('tool' in one && one.tool.name === remoteName ? [pinOf(one.tool)] : []))
    if (now.length === 1 && now[0] === pin) return
    const what = now.length === 0 ? 'is no longer offered' : 'is not what it was when it was imported'
    const message = `The tool ${remoteName} of the MCP server ${this.serverName()} ${what}, so it is not called.`
    throw new RosciusError('MCP_TOOL_CHANGED', message, { details: { tool: remoteName, pin, now: now[0] } })
  }

  /** Whatever the state of a connection is that has lost an answer: the next call begins anew. */
  #drop(client: McpClient): void {
    if (this.#standing === client) this.#opening = undefined
    client.close().catch(() => undefined)
  }

  #lost({ remoteName, isIdempotent }: PinnedTool, cause: unknown): RosciusError {
    const why = `the connection to the MCP server ${this.serverName()} was lost: ${wordsOf(cause)}`
    const details = { tool: remoteName }
    if (isIdempotent) return new RosciusError('MCP_UNAVAILABLE', `${remoteName}: ${why}`, { cause, details })
    const message = `${remoteName}: ${why}; whether it did its work is not known`
    return new RosciusError('OUTCOME_UNKNOWN', message, { cause, details })
  }

  #unavailable(why: string, cause?: unknown): RosciusError {
    const message = `The MCP server ${this.serverName()} is not there: ${why}`
    return new RosciusError('MCP_UNAVAILABLE', message, { cause, details: { server: this.serverName() } })
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
