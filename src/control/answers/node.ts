/** The node itself, and who asks. */
import { isMachine } from '../../runtime/machine-structure.js'
import type { Answers, Desk } from './desk.js'
import { timelineItems } from './timeline.js'

/** What it stands still by, in characters. */
const MAX_FAULT = 1_000

export function nodeAnswers(desk: Desk): Pick<Answers, 'session' | 'node' | 'timeline'> {
  const { system, version, startedMs, clock, inspection, shown } = desk
  return {
    session: (_, { role }) => ({ role, node: system.name, version }),
    node: async () => {
      const fault = system.figures().halted
      // Nothing else can be read of a node that stands still.
      const counts = fault === undefined ? (await inspection.pulse()).counts : {}
      const halted = fault && shown.text(fault.message, MAX_FAULT)
      const logic = system.logic().map(({ name, logic }) => ({
        name,
        version: (logic as { readonly version?: string }).version,
        isMachine: isMachine(logic),
      }))
      const { name, storeId, incarnation } = system
      return { name, storeId, incarnation, version, startedMs, nowMs: clock.now(), counts, logic, halted }
    },
    timeline: async ({ limit }) => ({ items: await timelineItems(desk, limit) }),
  }
}
