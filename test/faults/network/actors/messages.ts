/** What the actors of the network suite say to each other. */
import type { ReplyRef } from 'roscius'
import type { Message } from '../ledger.js'

export interface Answer {
  readonly type: 'ANSWER'
  readonly n: number
}

export type Numbered = { readonly type: 'NUMBERED' } & Message & {
    /** When it was to be sent, in ms since the epoch, if a timer sent it. */
    readonly dueMs?: number
    readonly replyTo?: ReplyRef<Answer>
  }

export type ReceiverRef = ReplyRef<Numbered>

/** What every sender is given. */
export interface SenderInput {
  readonly route: string
  /** 0 for a durable one. */
  readonly sentIn: number
  readonly to: ReceiverRef
  readonly count: number
  readonly paceMs: number
}

export interface SenderContext extends SenderInput {
  /** The newest that was sent. */
  readonly n: number
}

export const begun = ({ input }: { readonly input: SenderInput }): SenderContext => ({ ...input, n: 0 })
export const isThrough = ({ context }: { readonly context: SenderContext }): boolean => context.n >= context.count
export const pace = ({ context }: { readonly context: SenderContext }): number => context.paceMs
export const next = { n: ({ context }: { readonly context: SenderContext }): number => context.n + 1 }
export const message = ({ context: { route, sentIn, n } }: { readonly context: SenderContext }): Message => ({
  route,
  sentIn,
  n,
})
