/** The other process: sends each frame back that comes to `/ask`, and counts those that come to `/tell`. */
import { once } from 'node:events'
import { WebSocketServer } from 'ws'
import type { Service } from '../../harness/second-process.js'

export type Far = Awaited<ReturnType<typeof openFar>>

export async function openFar() {
  const server = new WebSocketServer({ perMessageDeflate: false, host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  let told = 0
  let onTold = (): void => undefined
  server.on('connection', (socket, { url }) => {
    const echo = (frame: Buffer): void => socket.send(frame)
    const count = (): void => {
      told++
      onTold()
    }
    socket.on('message', url === '/tell' ? count : echo)
  })
  return {
    calls: {
      address: (): string => `ws://127.0.0.1:${(server.address() as { readonly port: number }).port}`,
      /** Answers, when that many frames were counted, with how many were. */
      told: (least: number): Promise<number> =>
        new Promise((resolve) => {
          onTold = () => {
            if (told < least) return
            onTold = () => undefined
            resolve(told)
          }
          onTold()
        }),
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  } satisfies Service
}
