import { assign, createMachine } from 'xstate'
import type { AuditOptions } from '../../../src/governance/audit/audit-options.js'
import type { AuditTrail } from '../../../src/governance/audit/audit-trail.js'
import type { AuditCheck } from '../../../src/governance/audit/check-chain.js'
import { World } from '../../support/world.js'

/** Takes two commands of agents, and something of its own. */
const desk = createMachine({
  context: { n: 0, notes: [] as string[] },
  on: {
    ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
    GUIDE: { actions: assign({ notes: ({ context, event }) => [...context.notes, String(event.context)] }) },
    PAUSE: {},
    OVERRULE: {},
  },
})

/** A system with an audit trail, and a new trail after each opening. */
export class AuditedWorld {
  readonly world
  trail!: AuditTrail

  constructor(readonly options: AuditOptions = {}) {
    this.world = new World({ desk })
  }

  async open() {
    const system = await this.world.open({ desk }, { audit: this.options })
    // What a system shows of its trail is the trail: here it is also told what else only a gate tells it.
    this.trail = system.audit as AuditTrail
    return system
  }

  /** The trail as a process finds it that opens the store after a crash. */
  async crashAndOpen() {
    await this.world.crash()
    return this.open()
  }

  async verify(anchor?: AuditCheck['head']): Promise<AuditCheck> {
    return this.trail.verify({ anchor })
  }
}
