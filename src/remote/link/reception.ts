/**
 * Takes calls until it is known who calls.
 *
 * 1. So many strangers at once, and each for so long: whoever is too much or too slow is sent away.
 * 2. A caller gets a link only when it has shown who it is and may be linked with this node. Whoever may not is answered as
 *    one with a wrong key.
 * 3. What was wrong is told with a code, an address and a name that is a mere claim; never with what a proof was made of.
 */
import type { Cancel } from '../../core/clock.js'
import { ProtocolError } from '../protocol/protocol-error.js'
import { CloseCode, type Connection } from '../transport.js'
import type { Believed, Greeting } from './greeting.js'
import { farewell } from './link-failure.js'
import type { LinkNode } from './link-node.js'
import type { Wire } from './wire.js'

/** Puts a call through; false: nobody of that name may be linked with this node. */
export type PutThrough = (wire: Wire, greeting: Greeting, believed: Believed) => boolean

export class Reception {
  private readonly strangers = new Set<Wire>()
  private isOpen = true

  constructor(
    private readonly node: LinkNode,
    private readonly putThrough: PutThrough,
  ) {}

  /** Takes a connection that another node has opened. */
  take(connection: Connection): void {
    const { handshakesInFlight } = this.node.links
    if (!this.isOpen || this.strangers.size >= handshakesInFlight) {
      this.turnAway(connection)
      return
    }
    const wire = this.node.wire('acceptor', connection)
    this.strangers.add(wire)
    this.receive(wire, this.node.greet(wire))
  }

  /** Sends away who has not shown who it is. */
  close(): void {
    this.isOpen = false
    for (const wire of this.strangers) wire.end({ code: 'CLOSING', reason: 'The node is closing.', by: 'self' })
  }

  private receive(wire: Wire, greeting: Greeting): void {
    const { clock } = this.node.port
    const { handshakeTimeoutMs } = this.node.timing
    const cancel: Cancel = clock.schedule(() => greeting.refuse(farewell(TIMEOUT), TIMEOUT), handshakeTimeoutMs)
    const forget = (): void => {
      cancel()
      this.strangers.delete(wire)
    }
    const stop = wire.onEnd(({ code, by }) => {
      forget()
      this.tell(wire.connection, code, by, greeting.claimedNode)
    })
    greeting.whenBelieved((believed) => {
      forget()
      // From here on the link tells what becomes of it.
      stop()
      if (this.putThrough(wire, greeting, believed)) wire.connection.authenticated()
      else this.refuse(wire, greeting, unknownNode())
    })
  }

  private refuse(wire: Wire, greeting: Greeting, error: ProtocolError): void {
    greeting.refuse(error)
    this.tell(wire.connection, error.code, 'self', greeting.claimedNode)
  }

  private turnAway(connection: Connection): void {
    connection.onClose(() => undefined)
    connection.close(CloseCode.policy, 'RATE_EXCEEDED')
    this.tell(connection, 'RATE_EXCEEDED', 'self')
  }

  private tell({ remote: { address } }: Connection, code: string, by: 'self' | 'peer', claimed?: string): void {
    this.node.port.callerRefused({ address, code, by, ...(claimed !== undefined && { claimed }) })
  }
}

const TIMEOUT = { code: 'TIMEOUT', reason: 'The handshake took too long.', by: 'self' } as const

/** As the handshake answers a wrong proof. */
function unknownNode(): ProtocolError {
  return new ProtocolError(
    'AUTH_FAILED',
    'The peer did not prove to hold a key that is shared with the node it names.',
    'proof.mac',
  )
}
