import type { Connection, Transport } from 'roscius'

/** Where the next frame can be waited for, so that nobody has to ask again and again whether something was confirmed. */
export interface Noticed {
  readonly transport: Transport
  /** Resolves when one has come and was dealt with. */
  nextFrame(): Promise<void>
}

/** `inner`, for a node that only dials. */
export function noticed(inner: Transport): Noticed {
  let waiting: (() => void)[] = []
  const notice = (): void => {
    if (waiting.length === 0) return
    const all = waiting
    waiting = []
    for (const resolve of all) resolve()
  }
  return {
    transport: {
      dial: async (address, options) => watched(await inner.dial(address, options), notice),
      close: () => inner.close(),
    },
    nextFrame: () => new Promise((resolve) => waiting.push(resolve)),
  }
}

function watched(connection: Connection, notice: () => void): Connection {
  const onMessage = connection.onMessage.bind(connection)
  return Object.assign(connection, {
    onMessage: (listener: (bytes: Uint8Array) => void) =>
      onMessage((bytes) => {
        listener(bytes)
        notice()
      }),
  })
}
