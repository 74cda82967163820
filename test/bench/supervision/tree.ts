/** Agents under three levels of supervisors. */
import { join } from 'node:path'
import { createSystem, type SupervisorRef, supervisor } from 'roscius'
import type { AgentRef, Durability } from '../kernel/systems.js'
import { agent, expectCount } from '../kernel/work.js'

/** Each supervisor of the first two levels has so many children. */
const FAN_OUT = 10
const NEVER_MS = 86_400_000

export interface TreeOptions {
  readonly folder: string
  /** In all: a multiple of 100. */
  readonly agents: number
  readonly durability: Durability
}

export type TreeSystem = Awaited<ReturnType<typeof openTreeSystem>>

/** A system whose logic table holds the supervisors of such a tree. */
export function openTreeSystem({ folder, agents, durability }: TreeOptions) {
  const input = { notesKb: 0 }
  const low = supervisor({ children: idsOf('agent', agentsEach(agents)).map((id) => ({ id, logic: 'agent', input })) })
  const middle = supervisor({ children: idsOf('low', FAN_OUT).map((id) => ({ id, logic: 'low' })) })
  const top = supervisor({ children: idsOf('middle', FAN_OUT).map((id) => ({ id, logic: 'middle' })) })
  return createSystem({
    name: 'bench',
    store: join(folder, 'tree'),
    logic: {
      agent: { logic: agent, durability },
      low: { logic: low, durability },
      middle: { logic: middle, durability },
      top: { logic: top, durability },
    },
    passivation: { idleMs: NEVER_MS, maxActive: Number.MAX_SAFE_INTEGER },
    development: false,
  })
}

export interface Tree {
  readonly top: SupervisorRef
  readonly agents: readonly AgentRef[]
}

/** Starts a tree; all of its agents run when this resolves. */
export async function plantTree(system: TreeSystem, id: string, agents: number): Promise<Tree> {
  const top = await system.spawn('top', { id })
  await system.settled()
  const paths = idsOf('middle', FAN_OUT).flatMap((middle) =>
    idsOf('low', FAN_OUT).flatMap((low) => idsOf('agent', agentsEach(agents)).map((one) => `${middle}/${low}/${one}`)),
  )
  const refs = paths.map((path) => system.actor('agent', `${id}/${path}`))
  expectCount(refs.filter((ref) => ref.getSnapshot().status === 'active').length, agents)
  return { top, agents: refs }
}

function agentsEach(agents: number): number {
  return agents / FAN_OUT ** 2
}

function idsOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name}-${n}`)
}
