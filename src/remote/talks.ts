/** Messages of conversations, as they are noted on their way out and in: each with the clock of this node. */
import type { EventObject } from 'xstate'
import { formatAddress } from '../core/address.js'
import type { AbroadHost } from '../runtime/abroad.js'
import type { Lineage } from '../runtime/envelope.js'
import type { ConversationLog } from './conversation/conversation-log.js'
import type { WireEnvelope } from './protocol/wire-envelope.js'

export class Talks {
  constructor(
    private readonly host: AbroadHost,
    private readonly log: ConversationLog,
  ) {}

  /** Notes what is sent to `peer`, in the current commit; answers it with its id and the clock. */
  said(peer: string, wire: WireEnvelope): WireEnvelope {
    const id = wire.id ?? this.host.random.id()
    const { clock } = this.log.note({
      ...noteOf(wire, id),
      direction: 'sent',
      from: wire.from && formatAddress(this.host.nodeName, wire.from),
      to: formatAddress(peer, wire.to),
    })
    return { ...wire, id, ...(clock !== undefined && { clock }) }
  }

  /** Notes what has come from `peer`, in the current commit. */
  heard(peer: string, wire: WireEnvelope, { id }: Lineage): void {
    if (wire.clock === undefined) return
    this.log.note({
      ...noteOf(wire, id),
      direction: 'received',
      from: wire.from && formatAddress(peer, wire.from),
      to: formatAddress(this.host.nodeName, wire.to),
      clock: wire.clock,
    })
  }
}

function noteOf({ correlation = '', causation, kind, payload }: WireEnvelope, id: string) {
  const { type } = (payload ?? {}) as Partial<EventObject>
  return { id, conversation: correlation, type: typeof type === 'string' ? type : kind, causation }
}
