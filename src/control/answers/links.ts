/** Links to other nodes. */
import type { Answers, Desk } from './desk.js'

export function linkAnswers({ system, mask }: Pick<Desk, 'system' | 'mask'>): Pick<Answers, 'links' | 'resetLink'> {
  return {
    links: () => ({
      links: system.peers().map((figures) => ({
        ...figures,
        ...(figures.address !== undefined && { address: mask.text(figures.address) }),
        ...(figures.fault !== undefined && { fault: { ...figures.fault, reason: mask.text(figures.fault.reason) } }),
      })),
    }),
    resetLink: async ({ peer, reason }, { by }) => {
      await system.peer(peer).reset({ by, ...(reason !== undefined && { reason }) })
      return { peer }
    },
  }
}
