/** What the two processes tell the one that has started them, and what they are asked. */

/** Which of the two. */
export type Role = 'office' | 'workshop'

export type Notice =
  /** The node is open, and finds so many jobs done in its store; the workshop listens at `address`. */
  | { readonly type: 'open'; readonly found: number; readonly address?: string | undefined }
  | { readonly type: 'hired' }
  /** `waiting` messages for the other node were committed, and not yet confirmed by it. */
  | { readonly type: 'linkUp'; readonly waiting: number }
  | { readonly type: 'linkLost' }
  | { readonly type: 'nodeDown' }
  /** The foreman was told `terminated` of each worker. */
  | { readonly type: 'away' }
  /** All of them have reported again. */
  | { readonly type: 'back' }
  | { readonly type: 'reported'; readonly count: number }
  | { readonly type: 'broken' }
  | { readonly type: 'counted'; readonly account: Account }

/** What a node has in its store at the end. */
export interface Account {
  /** Jobs by worker: handed out, in the office, and done, in the workshop. */
  readonly jobs: Readonly<Record<string, readonly number[]>>
  /** The jobs whose reports came to the office. */
  readonly reported: readonly number[]
  readonly deadLetters: number
}

export async function countOf(all: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of all) count += 1
  return count
}

export type Order = 'count' | 'stop'

export function tell(notice: Notice): void {
  // The one who has started it may have died.
  if (process.connected) process.send?.(notice)
}

/** Does what it is asked until it is to stop, or nobody is left to ask. */
export function takeOrders(count: () => Promise<Account>, stop: () => Promise<void>): void {
  process.on('message', (order: Order) => {
    if (order === 'count') void count().then((account) => tell({ type: 'counted', account }))
    else void stop().then(() => process.disconnect())
  })
  process.once('disconnect', () => process.exit())
  if (!process.connected) process.exit()
}
