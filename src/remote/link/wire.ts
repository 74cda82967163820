/**
 * One connection as a link uses it: whose bytes count, which ends once, and says why.
 *
 * 1. Its end is told once to each who asked, at once to those who ask later: `LinkFault`, as the association takes it.
 * 2. After its end nothing is read and nothing is sent; the socket goes after what was sent before.
 */
import type { LinkFault } from '../../../machines/association/refusals.js'
import { CloseCode, type Connection } from '../transport.js'
import { LinkFailure } from './link-failure.js'
import { Traffic } from './traffic.js'

/** How the transport is told: by who was at fault. */
const FAREWELLS: Readonly<Record<string, number>> = {
  CLOSING: CloseCode.goingAway,
  SUPERSEDED: CloseCode.normal,
  RESET: CloseCode.normal,
  FRAME_TOO_LARGE: CloseCode.tooBig,
}

export class Wire {
  /** Of the link whose it is; its own until that is known. */
  traffic = new Traffic()
  /** Resolves when the transport has let go of it. */
  readonly gone: Promise<void>
  private fault: LinkFault | undefined
  private readonly listeners = new Set<(fault: LinkFault) => void>()
  private read: ((bytes: Uint8Array) => void) | undefined

  constructor(
    /** Unique on this node. */
    readonly id: string,
    readonly role: 'dialler' | 'acceptor',
    readonly connection: Connection,
  ) {
    this.gone = new Promise((resolve) => {
      connection.onClose((code) => {
        this.finish({ code: 'CONNECTION_LOST', reason: `The connection ended (${code}).`, by: 'self' })
        resolve()
      })
    })
  }

  get hasEnded(): boolean {
    return this.fault !== undefined
  }

  /** Throws the failure that it ended with, if it has. */
  check(): void {
    if (this.fault !== undefined) throw new LinkFailure(this.fault)
  }

  /** From now on `read` gets what comes; it must not throw. */
  reads(read: (bytes: Uint8Array) => void): void {
    const isFirst = this.read === undefined
    this.read = read
    if (isFirst) this.connection.onMessage((bytes) => this.take(bytes))
  }

  send(bytes: Uint8Array): boolean {
    if (this.hasEnded || !this.connection.send(bytes)) return false
    this.traffic.countOut(bytes.length)
    return true
  }

  /** Tells once why it ended, at once if it has. The answer takes the listener off. */
  onEnd(listener: (fault: LinkFault) => void): () => void {
    if (this.fault !== undefined) listener(this.fault)
    else this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Ends it, after `lastWords` if there are any. A second call changes nothing. */
  end(fault: LinkFault, lastWords?: Uint8Array): void {
    if (this.hasEnded) return
    if (lastWords !== undefined) this.send(lastWords)
    const code = FAREWELLS[fault.code] ?? (fault.by === 'peer' ? CloseCode.normal : CloseCode.policy)
    this.finish(fault)
    // A paused connection would not see the other side's answer.
    this.connection.resume()
    this.connection.close(code, fault.code)
  }

  private take(bytes: Uint8Array): void {
    if (this.hasEnded) return
    this.traffic.countIn(bytes.length)
    this.read?.(bytes)
  }

  private finish(fault: LinkFault): void {
    if (this.hasEnded) return
    this.fault = fault
    const listeners = [...this.listeners]
    this.listeners.clear()
    for (const listener of listeners) listener(fault)
  }
}
