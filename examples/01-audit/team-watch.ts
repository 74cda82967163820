/**
 * Watches the agents of an audit from outside: what they decide, and whether one of them needs a person. An agent that waits
 * for a person does so durably; the process ends there, and its next start is the person's answer.
 */
import type { RosciusRef, System } from 'roscius'
import type { AgentMachine } from 'roscius/machines'
import { AuditBlocked } from './audit-blocked.js'
import { AGENTS, type createLogic } from './job.js'

export type AuditSystem = System<ReturnType<typeof createLogic>>

export interface Deciding {
  /** The path of the agent. */
  readonly who: string
  readonly turn: number
  readonly event: { readonly type: string }
  readonly why: string
}

export interface TeamWatch {
  /** Rejects with `AuditBlocked` when an agent needs a person. */
  readonly blocked: Promise<never>
  /** Tells the agents that waited for a person that there is one: somebody has started the process. */
  resume(): Promise<void>
}

/** `outOfBudget`: what to say when an agent has nothing left to spend. */
export async function watchTeam(
  system: AuditSystem,
  { onDecision, outOfBudget }: { onDecision: (decision: Deciding) => void; outOfBudget: () => string },
): Promise<TeamWatch> {
  // Until they are resumed, what is in their way may be what this very start puts right.
  let isResumed = false
  let block: (why: string) => void = () => undefined
  const blocked = new Promise<never>((_, reject) => {
    block = (why) => isResumed && reject(new AuditBlocked(why))
  })
  // Whoever waits for it may not have begun.
  blocked.catch(() => undefined)
  const agents = new Map<string, RosciusRef<AgentMachine>>()
  const attend = (path: string): void => {
    if (agents.has(path)) return
    const agent = system.actor('worker', path)
    agents.set(path, agent)
    agent.on('decided', ({ turn, event, reason }) => onDecision({ who: path, turn, event, why: reason }))
    agent.on('personAsked', ({ question }) => block(question))
    agent.on('escalated', ({ why }) => block(why?.status === 'exhausted' ? outOfBudget() : stuck(path, why)))
  }
  system.on((event) => {
    if (event.type === 'actorStarted' && isAgent(event.logic)) attend(event.path)
  })
  // One that supervision is just bringing back goes on where it was: nobody says again that it has started.
  for await (const { path, logic, status } of system.actors())
    if (isAgent(logic) && (status === 'active' || status === 'restarting')) attend(path)
  return {
    blocked,
    resume: async () => {
      isResumed = true
      for (const agent of [...agents.values()]) await help(agent)
    },
  }
}

function isAgent(logic: string): boolean {
  return AGENTS.some((name) => name === logic)
}

/** An answer to whatever was asked: brains look again, and decide by what they see. */
const HELP = { context: 'Look again, and go on.', by: 'the next start' }

async function help(agent: RosciusRef<AgentMachine>): Promise<void> {
  const job = agent.getSnapshot()
  const isWaiting =
    job.matches({ active: { job: 'escalated' } }) ||
    job.matches({ active: { job: { engaged: { waiting: 'forPerson' } } } })
  if (isWaiting) await agent.deliver({ type: 'GUIDE', ...HELP })
}

function stuck(
  path: string,
  why: { readonly status: string; readonly reason?: string; readonly error?: { readonly message: string } } | undefined,
): string {
  const reason = why?.error?.message ?? why?.reason ?? 'it does not say why'
  return `${path} does not get on: ${reason} Start again, and it tries again.`
}
