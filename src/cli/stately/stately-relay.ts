/**
 * A page on this machine that shows a running system in Stately's inspector.
 *
 * 1. Only this machine reaches it, only under a loopback name, and only who has its address, which holds a random part. A page of
 *    another site gets nothing.
 * 2. It only tells: the system is asked for one stream by each viewer, and told nothing. Its token stays in this process.
 * 3. A viewer that does not keep up lets the stream wait, so that the system leaves something out for it.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostCheck, isSameOrigin } from '../../control/access/hosts.js'
import { isSameToken, newToken } from '../../control/access/token.js'
import { type StatelyStream, statelyStream } from '../../control/client/stately-stream.js'
import { boundedServer } from '../../control/http/node-server.js'
import { RosciusError } from '../../core/errors.js'
import { line } from '../text/printable.js'
import { PAGE, RELAY_CSP, SCRIPT, STYLE } from './stately-page.js'

export interface StatelyRelay {
  /** To be opened in a browser of this machine. */
  readonly url: string
  close(): void
}

const HOST = '127.0.0.1'
/** After how many ms a browser asks again when a stream has ended. */
const AGAIN_MS = 1_000

const FILES: Readonly<Record<string, readonly [type: string, text: string]>> = {
  '': ['text/html; charset=utf-8', PAGE],
  'page.js': ['text/javascript; charset=utf-8', SCRIPT],
  'page.css': ['text/css; charset=utf-8', STYLE],
}

const HEADERS = {
  'content-security-policy': RELAY_CSP,
  // The window that it opens has to find it, to say that it is ready.
  'cross-origin-opener-policy': 'same-origin-allow-popups',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
}

/** `port` 0 takes any that is free. Rejects with `LISTEN_FAILED`. */
export async function openStatelyRelay(folder: string, port: number): Promise<StatelyRelay> {
  const token = newToken()
  const server = boundedServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const refused = refusal(request)
    if (refused !== undefined) return void response.writeHead(refused).end()
    const [, given = '', file = ''] = /^\/([\w-]+)\/([\w.]*)$/.exec(request.url ?? '') ?? []
    if (!isSameToken(given, token)) return void response.writeHead(404).end()
    if (file === 'events') return void passOn(folder, response)
    const found = Object.hasOwn(FILES, file) ? FILES[file] : undefined
    if (found === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': found[0] }).end(found[1])
  })
  await listen(server, port)
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://${HOST}:${(server.address() as AddressInfo).port}/${token}/`, close }
}

const isOurs = hostCheck([])

/** Status of what is not for this page, or comes from another one. */
function refusal({ method, headers: { host = '', origin } }: IncomingMessage): number | undefined {
  if (!isOurs(host) || (origin !== undefined && !isSameOrigin(origin, host))) return 403
  return method === 'GET' ? undefined : 405
}

/** One viewer, until it leaves or the system does. It asks again then. */
async function passOn(folder: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`retry: ${AGAIN_MS}\n\n`)
  const end = (why: string): void => void response.end(`event: gone\ndata: ${line(why)}\n\n`)
  let stream: StatelyStream | undefined
  response.on('drain', () => stream?.resume())
  response.on('close', () => stream?.close())
  try {
    stream = await statelyStream(folder, {
      message: (text) => {
        if (!response.write(`data: ${text}\n\n`)) stream?.pause()
      },
      ended: (why) => end(`The system has stopped, or has closed its door: ${why}.`),
    })
    if (stream === undefined) end(`No system lets anybody in at ${folder}.`)
    if (response.writableNeedDrain) stream?.pause()
    if (response.destroyed) stream?.close()
  } catch (error) {
    end(error instanceof Error ? error.message : String(error))
  }
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, HOST, () => resolve(void server.off('error', reject)))
    })
  } catch (cause) {
    const isTaken = (cause as { readonly code?: string }).code === 'EADDRINUSE'
    const why = isTaken ? 'it is taken' : (cause as Error).message
    const message = `The page can't listen at port ${port} of ${HOST}: ${why}. Give another --port, or none.`
    throw new RosciusError('LISTEN_FAILED', message, { details: { port, host: HOST }, cause })
  }
  // Without file descriptors `accept` fails: who comes later may be luckier.
  server.on('error', () => undefined)
}
