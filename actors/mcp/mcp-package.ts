/** The optional package that both directions need: it is loaded when it is used, and missed in words that say what to do. */
import { RosciusError } from '../../src/index.js'

/** What `load` imports. Rejects with `OPTIONS_INVALID` where the package is not installed. */
export async function fromMcpPackage<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    if ((cause as { code?: unknown } | undefined)?.code !== 'ERR_MODULE_NOT_FOUND') throw cause
    const message = 'roscius/mcp needs the package @modelcontextprotocol/sdk: npm install @modelcontextprotocol/sdk'
    throw new RosciusError('OPTIONS_INVALID', message, { cause, details: { field: '@modelcontextprotocol/sdk' } })
  }
}
