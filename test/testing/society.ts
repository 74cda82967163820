import { defineTool, type System, supervisor, type Tool, withBudget, withPermissions } from 'roscius'
import { defineAgent, defineBrain, delegateTo } from 'roscius/actors'
import type { Simulation, Society } from 'roscius/testing'
import { z } from 'zod'

/** What the tools of the society have done in the world, which no crash takes back. */
export interface Deeds {
  /** Effect ids of the payments that were carried out. */
  readonly paid: string[]
}

const shape = { version: '1.0.0', input: z.object({ what: z.string() }), output: z.string() }

function tools(deeds: Deeds, isSafeToRepeat: boolean): Tool[] {
  return [
    defineTool({
      ...shape,
      name: 'look',
      description: 'Looks.',
      risk: 'read',
      scopes: ['read:shop'],
      retry: { maxAttempts: 2 },
      execute: ({ input }) => `${input.what} costs 3`,
    }),
    defineTool({
      ...shape,
      name: 'pay',
      description: 'Pays.',
      risk: 'danger',
      idempotent: isSafeToRepeat,
      execute: ({ effectId = '' }) => {
        deeds.paid.push(effectId)
        return 'paid'
      },
    }),
  ]
}

/** Looks, pays, and is done, whatever it is told. */
const buyer = defineBrain(({ observations, goal }) => {
  const seen = observations.filter(({ kind }) => kind !== 'note').length
  const use = (tool: string) => ({ event: { type: 'USE_TOOL', tool, input: { what: goal } }, reason: tool })
  return seen === 0
    ? use('look')
    : seen === 1
      ? use('pay')
      : { event: { type: 'FINISH', output: seen }, reason: 'done' }
})

const boss = defineBrain(({ observations }) => {
  const turn = observations.filter(({ kind }) => kind === 'peer' || kind === 'refusal').length
  return turn < 3
    ? { event: { type: 'DELEGATE', to: 'buyer', task: `thing ${turn}` }, reason: 'buy it' }
    : { event: { type: 'FINISH', output: turn }, reason: 'all bought' }
})

/** A boss who lets buyers buy, and a person who agrees to every payment after a while. `lies`: `pay` says it may be repeated. */
export function shop(deeds: Deeds, { lies = false } = {}): (simulation: Simulation) => Society {
  return (simulation) => {
    const told = tools(deeds, lies).map((tool) => simulation.tool(tool))
    const policy = { outcomeUnknown: 'skip', onStuck: 'fail' } as const
    return {
      logic: {
        buyer: defineAgent({
          brain: simulation.brain(buyer, { name: 'buyer' }),
          tools: told,
          policy,
          limits: { turns: 8 },
        }),
        boss: defineAgent({
          goal: 'buy',
          brain: simulation.brain(boss, { name: 'boss' }),
          policy,
          peers: ['buyer'],
          delegate: delegateTo({ buyer: { supervisor: 'buyers' } }),
          limits: { delegateMs: 1_200_000 },
        }),
        buyers: supervisor({ template: { logic: 'buyer', restart: 'temporary' } }),
      },
      options: { permissions: { scopes: ['read:shop'] } },
      start: async (system) => {
        await system.spawn('buyers', {
          id: 'buyers',
          ...withBudget({ turns: 40 }),
          ...withPermissions({ scopes: ['read:shop'] }),
        })
        await system.spawn('boss', { id: 'boss' })
      },
      opened: (system) => agreeTo(system, simulation),
    }
  }
}

function agreeTo(system: System, { clock, random }: Simulation): void {
  const agree = (id: string): void => {
    const decide = (): void => void system.approvals.approve(id, { by: 'Ann' }).catch(() => undefined)
    clock.schedule(decide, 1_000 + Math.floor(random.next() * 60_000))
  }
  for (const { id } of system.approvals.list()) agree(id)
  system.on((event) => {
    if (event.type === 'approvalRequested') agree(event.approvalId)
  })
}
