/** What all links of a node share: who the node is, its settings, and how it greets. */
import type { AssociationSettings } from '../../../machines/association/options.js'
import { beliefIn } from '../options/authentication.js'
import type { ReadLinks } from '../options/link-options.js'
import { orderedNonces } from '../protocol/handshake/ordered-nonces.js'
import type { Connection } from '../transport.js'
import { Greeting } from './greeting.js'
import type { LinksPort } from './links-port.js'
import { Wire } from './wire.js'

export class LinkNode {
  private readonly nextNonce: () => Uint8Array
  private wires = 0

  constructor(readonly port: LinksPort) {
    this.nextNonce = orderedNonces(port.random)
  }

  get links(): ReadLinks {
    return this.port.options.links
  }

  get timing(): AssociationSettings {
    return this.links.timing
  }

  get nowMs(): number {
    return this.port.clock.monotonic()
  }

  wire(role: Wire['role'], connection: Connection): Wire {
    this.wires += 1
    return new Wire(`${role}-${this.wires}`, role, connection)
  }

  /** Begins the handshake; `peer` is whom a dialler means to reach. */
  greet(wire: Wire, peer?: string): Greeting {
    const { clock, features, options, random, self } = this.port
    const { auth, links, peers } = options
    const belief = beliefIn(wire.connection.remote, auth)
    const handshake = {
      ...self,
      ...belief,
      role: wire.role,
      random,
      features,
      peer,
      limits: links.limits,
      nonce: this.nextNonce(),
      keys: (node: string) => peers.keysOf(node),
    }
    return new Greeting(wire, handshake, clock)
  }
}
