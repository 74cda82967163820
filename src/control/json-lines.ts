/** Lines of JSON over a socket, bounded. */
import type { Socket } from 'node:net'

/** Calls `line` with each line that comes in; one that grows past `maxBytes` ends the connection, and `tooLong` is called. */
export function onLines(socket: Socket, maxBytes: number, line: (text: string) => void, tooLong: () => void): void {
  let parts: Buffer[] = []
  let bytes = 0
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const text = Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8')
      rest = rest.subarray(end + 1)
      parts = []
      bytes = 0
      line(text)
    }
    parts.push(rest)
    bytes += rest.length
    if (bytes <= maxBytes) return
    parts = []
    bytes = 0
    tooLong()
  })
}

export function writeLine(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`)
}
