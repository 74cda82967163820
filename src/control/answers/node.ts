/** The node itself, and who asks. */
import { isMachine } from '../../runtime/machine-structure.js'
import type { Answers, Desk } from './desk.js'
import { timelineItems } from './timeline.js'

export function nodeAnswers(desk: Desk): Pick<Answers, 'session' | 'node' | 'timeline'> {
  const { system, version, startedMs, clock, inspection } = desk
  return {
    session: (_, { role }) => ({ role, node: system.name, version }),
    node: async () => {
      const { counts, halted } = await inspection.pulse()
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
