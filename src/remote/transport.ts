/**
 * The port for links between nodes: something that dials, listens, and carries whole frames of bytes.
 *
 * Boundary: it knows no node names, no protocol, no retries. Who the other one is, what a frame means and when to dial again
 * is decided above. A driver passes `transportContract` of `roscius/testing`.
 *
 * 1. A frame arrives whole or not at all, once, and in the order of the `send`s of its connection. A connection that can't
 *    keep that ends.
 * 2. A frame above the receiver's `maxFrameBytes` is refused before it is put together; the connection ends with 1009.
 * 3. `onClose` is told exactly once, after the last message. Nothing is told after it.
 * 4. Nothing here throws because the other side, or the network, is gone: that is what `onClose` is for.
 * 5. What waits to be sent is counted in `bufferedAmount`; the transport sets no bound of its own, the sender does.
 */

/** Opens connections to other nodes and takes theirs. */
export interface Transport {
  /**
   * Takes connections from now on; `accept` must not throw. Rejects with `LISTEN_FAILED`, or `TRANSPORT_CLOSED`. A transport
   * that can only dial has no `listen`.
   */
  listen?(accept: (connection: Connection) => void): Promise<Listener>
  /**
   * Opens a connection. Rejects with `PEER_UNREACHABLE` (nobody there, refused, too late), `TRANSPORT_CLOSED`,
   * `OPTIONS_INVALID` for an address of another kind, or the signal's reason.
   */
  dial(address: string, options?: DialOptions): Promise<Connection>
  /** Ends the listener, dials under way and every connection (with 1001). Calling it again changes nothing. */
  close(): Promise<void>
}

export interface DialOptions {
  readonly signal?: AbortSignal
  /** How long a dial may take, in ms. Default: the transport's `handshakeTimeoutMs`. */
  readonly timeoutMs?: number
}

/** A transport that listens. */
export interface Listener {
  /** What to dial to come here; undefined where only the owner of the server knows. */
  readonly address: string | undefined
  /** Takes no more connections; those that are open stay. */
  close(): Promise<void>
}

/** What a connection knows of the other side before a word was said. */
export interface Remote {
  /** The dialled address, or where the call came from. For people and logs. */
  readonly address: string
  /** The name in the other side's certificate, where that was verified against an authority given for this purpose. */
  readonly certificateName?: string
  /** Whether the other side is on this machine, with no proxy between. */
  readonly isLoopback: boolean
}

/** One open socket of a transport. Each `on…` has one listener: a later one takes the place of the earlier. */
export interface Connection {
  readonly remote: Remote
  /** False from the first sign of the end on: a local `close`, the other side's, or a fault. */
  readonly isOpen: boolean
  /** Bytes given to `send` that have not left for the network yet. */
  readonly bufferedAmount: number
  /**
   * Sends one frame; false, and no effect, when the connection isn't open. The bytes belong to the connection from then on:
   * don't change them. It never waits: hold back while `bufferedAmount` is above your bound, and go on at `onDrained`.
   */
  send(bytes: Uint8Array): boolean
  /** Frames that come before there is a listener are kept for it, and reading pauses. A listener must not throw. */
  onMessage(listener: (bytes: Uint8Array) => void): void
  /** Told at once if it has closed already. `code` is the local one if this side closed first. */
  onClose(listener: (code: number, reason: string) => void): void
  /** Told each time that `bufferedAmount` has come down to `DRAINED_BYTES` or less after it was above. */
  onDrained(listener: () => void): void
  /**
   * Stops reading, so that the other side's `bufferedAmount` rises. A few frames that were read already may still come. The
   * end of a paused connection may be noticed only when it is resumed.
   */
  pause(): void
  resume(): void
  /** Says that the other side proved who it is: it counts no more among the strangers, whose number and time are bounded. */
  authenticated(): void
  /**
   * Ends it after what was sent: `code` 1000 (default) to 1003, 1007 to 1014 or 3000 to 4999, and up to 123 bytes of
   * `reason`. A second call changes nothing. Throws `OPTIONS_INVALID` for another code.
   */
  close(code?: number, reason?: string): void
  /** Ends it at once, without a word; what was not sent is lost. Both sides are told 1006. */
  terminate(): void
}

/** At or below this many buffered bytes a connection counts as drained. */
export const DRAINED_BYTES = 65_536

/** Default of `maxFrameBytes`: 1 MiB. */
export const DEFAULT_MAX_FRAME_BYTES = 1_048_576

/** Default of `handshakeTimeoutMs`. */
export const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000

/** Why a connection ended: the codes of RFC 6455 that a transport itself uses. */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  notBinary: 1003,
  lost: 1006,
  policy: 1008,
  tooBig: 1009,
  internalError: 1011,
} as const
