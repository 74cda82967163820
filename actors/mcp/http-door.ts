/**
 * Who may come in by HTTP.
 *
 * A page in a browser can be made to call servers of the machine it runs on; it can't hide where it comes from, nor whom it
 * believes to call. So both must be names that are served here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ReadHttp } from './serve-options.js'

/** The status it is refused with; `undefined` if it may come in. */
export async function refusalOf(request: IncomingMessage, http: ReadHttp): Promise<[number, string] | undefined> {
  const { host, origin } = request.headers
  if (!isServed(`http://${host ?? ''}`, http)) return [403, 'This host name is not served here.']
  if (origin !== undefined && !isServed(origin, http)) return [403, 'Requests of this origin are not served here.']
  return (await isAuthorized(request, http)) ? undefined : [401, 'Not authorized.']
}

function isServed(url: string, { allowedHosts }: ReadHttp): boolean {
  return URL.canParse(url) && allowedHosts.includes(new URL(url).hostname)
}

async function isAuthorized(request: IncomingMessage, { authorize }: ReadHttp): Promise<boolean> {
  try {
    return authorize === undefined || (await authorize(request)) === true
  } catch {
    return false
  }
}

/** A refusal as MCP writes it. */
export function refuse(response: ServerResponse, status: number, message: string): void {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null })
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
}
