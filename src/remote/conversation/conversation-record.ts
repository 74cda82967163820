/** That a message of a conversation was sent, or received: what a node keeps of it. Nothing of what the message says. */
import type { VectorClock } from './vector-clock.js'

export interface ConversationRecord {
  /** The message: the same id where it is sent and where it is received. */
  readonly id: string
  readonly conversation: string
  /** The node that sent it, or received it: whoever made this record. */
  readonly node: string
  readonly direction: 'sent' | 'received'
  /** Address of the sender; absent if no actor sent it. */
  readonly from?: string | undefined
  /** Address of the receiver. */
  readonly to: string
  /** Type of the event. */
  readonly type: string
  /** Wall clock of that node, ms. */
  readonly at: number
  /** Its place among the records of that node: a higher one was made later. */
  readonly n?: number | undefined
  /** The node's clock, which has counted this. */
  readonly clock?: VectorClock | undefined
  /** `id` of the message that it was caused by. */
  readonly causation?: string | undefined
}

/** The name of the node in an address; `undefined` if it is none. */
export function nodeIn(address: string | undefined): string | undefined {
  return /^roscius:\/\/([^/]+)\/./.exec(address ?? '')?.[1]
}

/** Which record it is: a second one of the same name says nothing new. */
export function nameOf({ node, direction, id }: ConversationRecord): string {
  return JSON.stringify([node, direction, id])
}
