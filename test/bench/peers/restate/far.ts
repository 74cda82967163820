/** The other process: a service that answers questions, and counts what it is told. */
import { type Context, service } from '@restatedev/restate-sdk'
import type { Service } from '../../harness/second-process.js'
import { type Reached, served } from './endpoint.js'

export interface FarService extends Service {
  readonly calls: {
    /** Resolves once so many messages have come, all told. */
    toldUpTo(messages: number): Promise<void>
  }
}

export async function openFar(reached: Reached): Promise<FarService> {
  let told = 0
  let awaited = { messages: Number.POSITIVE_INFINITY, resolve: (): void => undefined }
  const note = (): void => {
    if (++told >= awaited.messages) awaited.resolve()
  }
  const ingress = await served(reached, [far(note)])
  return {
    calls: {
      toldUpTo: (messages) =>
        new Promise((resolve) => {
          awaited = { messages, resolve }
        }),
    },
    [Symbol.asyncDispose]: ingress[Symbol.asyncDispose],
  }
}

function far(note: () => void) {
  return service({
    name: 'far',
    handlers: {
      ask: async (_: Context, question: string): Promise<string> => question,
      tell: async (_: Context, message: string): Promise<void> => void (message !== '' && note()),
    },
  })
}
