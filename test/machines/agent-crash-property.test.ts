import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventObject, fromPromise } from 'xstate'
import { defineBrain } from '../../actors/define-brain.js'
import type { ToolCall } from '../../machines/agent/options.js'
import { createAgentMachine } from '../../machines/agent.js'
import type { Decision } from '../../machines/brain.js'
import { World } from '../support/world.js'
import { decide, TOOLS, use } from './agent-stage.js'

const command = fc.constantFrom<EventObject & { approvalId?: string }>(
  { type: 'PAUSE' },
  { type: 'RESUME' },
  { type: 'GUIDE', context: 'bees' } as EventObject,
  { type: 'REDIRECT', goal: 'wasps' } as EventObject,
  { type: 'ANSWER', text: 'yes' } as EventObject,
  { type: 'APPROVE', approvalId: '', by: 'Ann' } as EventObject,
  { type: 'DENY', approvalId: '', by: 'Ann' } as EventObject,
)
const step = fc.oneof(command, fc.constantFrom(1_000, 60_000, 1_000_000))
const decision: fc.Arbitrary<Decision | undefined> = fc.constantFrom(
  ...[use('look', 1), use('look', 2), use('write'), use('erase'), use('fly'), undefined],
  decide({ type: 'ASK_PERSON', question: 'Which?' }),
  decide({ type: 'REFLECT', note: 'hm' }),
)

const DEADLINE_MS = 7_200_000

/** What it decides in a turn is the same however often it is asked. */
function agentOf(decisions: readonly (Decision | undefined)[], calls: Map<string, ToolCall>) {
  const brain = defineBrain(async ({ turn, refused = [] }) => {
    const said = decisions[(turn + refused.length) % decisions.length]
    if (said === undefined) throw new Error('down')
    return said
  })
  const tool = fromPromise<unknown, ToolCall>(async ({ input }) => {
    calls.set(input.id, input)
    return 'fine'
  })
  return createAgentMachine({ goal: 'bees', brain, tools: TOOLS, tool, limits: { turns: 6, deadlineMs: DEADLINE_MS } })
}

describe('whatever is said to an agent, and wherever its process crashes', () => {
  const anything = fc.record({
    steps: fc.array(step, { maxLength: 12 }),
    decisions: fc.array(decision, { minLength: 1, maxLength: 5 }),
    crashes: fc.array(fc.record({ batch: fc.integer({ min: 1, max: 8 }), when: fc.constantFrom('before', 'after') }), {
      minLength: 1,
      maxLength: 3,
    }),
  })

  it('takes no turn too many, does nothing dangerous unasked, and ends at its deadline', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async ({ steps, decisions, crashes }) => {
        const calls = new Map<string, ToolCall>()
        const world = new World({ agent: agentOf(decisions, calls) })
        const plan = [...crashes]
        const planCrash = (): void => {
          const next = plan.shift()
          if (next !== undefined) world.store.crashAtBatch(world.store.written.batches + next.batch, next.when)
        }
        const ref = () => world.system.actor('agent', 'a')
        /** Does something, and opens the system again if that crashed it. */
        const survive = async (work: () => Promise<unknown>): Promise<void> => {
          const crashed = world.store.crashed.then(() => 'crashed')
          if ((await Promise.race([crashed, work().catch(() => 'failed')])) !== 'crashed') return
          await world.crash()
          planCrash()
          await survive(async () => {
            await world.open()
            await world.system.spawn('agent', { id: 'a', ifExists: 'use' })
            await world.system.settled()
          })
        }
        planCrash()
        await survive(async () => {
          await world.open()
          await world.system.spawn('agent', { id: 'a', ifExists: 'use' })
          await world.system.settled()
        })
        for (const one of steps) {
          if (ref().getSnapshot().status !== 'active') break
          const approvalId = ref().getSnapshot().context.approval?.approvalId ?? 'none'
          await survive(async () => {
            if (typeof one === 'number') return world.advance(one)
            await ref().deliver(('approvalId' in one ? { ...one, approvalId } : one) as never)
            await world.system.settled()
          })
        }
        // A crash may end the time that passes early, each but once.
        for (let time = 0; time <= crashes.length; time++) await survive(() => world.advance(DEADLINE_MS))
        const { status, context, output } = ref().getSnapshot()
        expect([status, output?.status]).toEqual(['done', expect.stringMatching(/^(done|failed|exhausted)$/)])
        expect(context.used.turns).toBeLessThanOrEqual(6)
        for (const { tool, approvedBy } of calls.values()) if (tool === 'erase') expect(approvedBy).toBe('Ann')
        await world.stop()
      }),
      { numRuns: 40 },
    )
  })
})
