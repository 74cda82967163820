/**
 * `fetch` for answers of a stranger: what would fill the memory is cut off.
 *
 * An event stream may go on for ever, so there each line is bounded; anything else is bounded as a whole.
 */

const NEWLINE = 10

/** Throws in the reader of a body that passes `maxBytes`. */
export function boundedFetch(maxBytes: number): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const response = await fetch(url, init)
    if (response.body === null) return response
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    const body = response.body.pipeThrough(bounded(maxBytes, isStream))
    const { status, statusText, headers } = response
    return new Response(body, { status, statusText, headers })
  }
}

function bounded(maxBytes: number, isByLine: boolean): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      const lineEnd = isByLine ? chunk.lastIndexOf(NEWLINE) : -1
      const [before, after] = lineEnd === -1 ? [chunk.length, 0] : [chunk.indexOf(NEWLINE), chunk.length - lineEnd - 1]
      if (bytes + before > maxBytes)
        return controller.error(new Error(`The server answers more than ${maxBytes} bytes.`))
      bytes = lineEnd === -1 ? bytes + chunk.length : after
      controller.enqueue(chunk)
    },
  })
}
