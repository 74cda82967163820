/**
 * Who is told of a connection's messages and end, for any transport.
 *
 * 1. What comes before there is a listener is kept for it, in order: a connection is open before its owner has it in hand.
 * 2. The end is told once, after the last message; after it nothing.
 */
import type { ConnectionEnd } from './connection-end.js'

type OnMessage = (bytes: Uint8Array) => void
type OnClose = (code: number, reason: string) => void

export class ConnectionListeners {
  private readonly kept: Uint8Array[] = []
  private end: ConnectionEnd | undefined
  private isTold = false
  private message: OnMessage | undefined
  private close: OnClose | undefined
  private drained: (() => void) | undefined

  /** Whether somebody listens for messages. */
  get isHeard(): boolean {
    return this.message !== undefined
  }

  get hasEnded(): boolean {
    return this.end !== undefined
  }

  onMessage(listener: OnMessage): void {
    this.message = listener
    while (this.kept.length > 0) this.message(this.kept.shift() as Uint8Array)
    this.tellEnd()
  }

  onClose(listener: OnClose): void {
    this.close = listener
    this.tellEnd()
  }

  onDrained(listener: () => void): void {
    this.drained = listener
  }

  tellMessage(bytes: Uint8Array): void {
    if (this.hasEnded) return
    if (this.message === undefined || this.kept.length > 0) this.kept.push(bytes)
    else this.message(bytes)
  }

  tellDrained(): void {
    if (!this.hasEnded) this.drained?.()
  }

  /** Forgets what nobody has heard yet: who closes a connection wants no more of it. */
  forget(): void {
    this.kept.length = 0
  }

  ended(end: ConnectionEnd): void {
    this.end ??= end
    this.tellEnd()
  }

  private tellEnd(): void {
    if (this.end === undefined || this.close === undefined || this.isTold || this.kept.length > 0) return
    this.isTold = true
    this.close(this.end.code, this.end.reason)
  }
}
