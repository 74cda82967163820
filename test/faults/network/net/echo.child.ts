/** A TCP server that answers what it is sent, or a client that counts aloud and says what came back, and how it ended. */
import { connect, createServer, type Socket } from 'node:net'

export type EchoArguments =
  | { readonly role: 'server'; readonly host: string; readonly port: number }
  | { readonly role: 'client'; readonly address: string; readonly everyMs: number; readonly times?: number }

export type EchoLine =
  | { readonly t: 'ready' }
  | { readonly t: 'echo'; readonly n: number; readonly ms: number }
  | { readonly t: 'closed'; readonly code: string }

const args = JSON.parse(process.argv[2] as string) as EchoArguments
const say = (line: EchoLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

if (args.role === 'server') serve(args.host, args.port)
else count(args)

function serve(host: string, port: number): void {
  const server = createServer((socket) => {
    tellEnd(socket.setNoDelay())
    socket.pipe(socket)
  })
  server.listen(port, host, () => say({ t: 'ready' }))
}

function count({ address, everyMs, times = Number.POSITIVE_INFINITY }: EchoArguments & { role: 'client' }): void {
  const [host, port] = address.split(':')
  const socket = connect(Number(port), host).setNoDelay()
  const sentAt: number[] = []
  let heard = ''
  let expected = 0
  tellEnd(socket)
  socket.once('connect', () => {
    say({ t: 'ready' })
    const counting = setInterval(() => {
      socket.write(`${sentAt.push(performance.now()) - 1}\n`)
      if (sentAt.length >= times) clearInterval(counting)
    }, everyMs)
  })
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text
    const lines = heard.split('\n')
    heard = lines.pop() ?? ''
    for (const line of lines) {
      const n = Number(line)
      if (n !== expected++) say({ t: 'closed', code: `${line} came in place of ${expected - 1}` })
      say({ t: 'echo', n, ms: performance.now() - (sentAt[n] as number) })
    }
  })
}

function tellEnd(socket: Socket): void {
  let code = 'ended'
  socket.once('error', (error: NodeJS.ErrnoException) => {
    code = error.code ?? error.message
  })
  socket.once('close', () => say({ t: 'closed', code }))
}
