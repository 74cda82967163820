import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventObject, fromPromise } from 'xstate'
import { defineBrain } from '../../actors/define-brain.js'
import type { DelegateAnswer, Task, ToolCall } from '../../machines/agent/options.js'
import type { Decision } from '../../machines/brain.js'
import { decide, Stage, use } from './agent-stage.js'

/** One thing that happens to an agent. */
type Step = { readonly send: EventObject } | { readonly passMs: number } | { readonly decideAs: 'APPROVE' | 'DENY' }

const text = fc.constantFrom('bees', 'wasps')
const grant = fc.option(fc.record({ turns: fc.integer({ min: 0, max: 2 }) }), { nil: undefined })
const approvalId = fc.integer({ min: 1, max: 9 }).map((n) => `a${n}`)

const command: fc.Arbitrary<EventObject> = fc.oneof(
  fc.constantFrom<EventObject>({ type: 'PAUSE' }, { type: 'START' }, { type: 'nonsense' }, { type: 'GUIDE' }),
  fc.record({ type: fc.constant('RESUME'), grant }),
  fc.record({ type: fc.constant('GUIDE'), context: text, grant }),
  fc.record({ type: fc.constant('REDIRECT'), goal: text, grant }),
  fc.record({ type: fc.constantFrom('APPROVE', 'DENY'), approvalId, by: text }),
  fc.record({ type: fc.constant('ANSWER'), text }),
  fc.record({ type: fc.constant('REPLY'), taskId: fc.integer({ min: 1, max: 5 }).map((n) => `t${n}`), output: text }),
  fc.constantFrom<EventObject>({ type: 'FINISH' }, { type: 'USE_TOOL', tool: 'erase' } as EventObject, {
    type: 'agent.degrade',
  }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: command.map((send) => ({ send })) },
  { weight: 1, arbitrary: fc.constantFrom('APPROVE' as const, 'DENY' as const).map((decideAs) => ({ decideAs })) },
  { weight: 1, arbitrary: fc.constantFrom(1, 1_000, 60_000, 900_000, 3_600_000).map((passMs) => ({ passMs })) },
)

const decision: fc.Arbitrary<Decision | 'down' | 'broke' | 'silent'> = fc.oneof(
  fc
    .record({ tool: fc.constantFrom('look', 'write', 'erase', 'fly'), input: text })
    .map(({ tool, input }) => use(tool, input)),
  fc.constantFrom(
    decide({ type: 'DELEGATE', to: 'bob', task: 'count' }),
    decide({ type: 'ASK_PERSON', question: 'Which?' }),
    decide({ type: 'REFLECT', note: 'hm' }),
    decide({ type: 'APPROVE', approvalId: 'a1', by: 'myself' }),
  ),
  fc.constantFrom('down' as const, 'broke' as const, 'silent' as const),
)
const outcome = fc.constantFrom('fine', 'failed', 'broke', 'unknown', 'gated', 'silent', 'pending')

const policy = fc.record({
  outcomeUnknown: fc.constantFrom('ask', 'skip'),
  onExhausted: fc.constantFrom('stop', 'pauseAndAsk', 'degrade'),
  onStuck: fc.constantFrom('escalate', 'fail'),
})

const ERRORS: Readonly<Record<string, object>> = {
  down: { status: 503 },
  failed: {},
  broke: { code: 'BUDGET_EXHAUSTED' },
  unknown: { code: 'OUTCOME_UNKNOWN' },
  gated: { code: 'APPROVAL_REQUIRED' },
}

/** The next of `list`, again and again. */
function cycle<T>(list: readonly T[]): () => T {
  let at = 0
  return () => list[at++ % list.length] as T
}

async function meet<T>(what: string, value: T): Promise<T> {
  if (what === 'silent') return new Promise(() => {})
  if (what in ERRORS) throw Object.assign(new Error(what), ERRORS[what])
  return value
}

const LIMITS = { turns: 5, deadlineMs: 7_200_000, graceMs: 1_000, toolMs: 60_000 }

describe('whatever is decided, said and done to an agent', () => {
  const anything = fc.record({
    steps: fc.array(step, { maxLength: 25 }),
    decisions: fc.array(decision, { minLength: 1, maxLength: 6 }),
    outcomes: fc.array(outcome, { minLength: 1, maxLength: 4 }),
    policy,
  })

  /** Where some agent has been. */
  const seen = new Set<string>()
  it('takes no turn too many, does nothing dangerous unasked, can be cancelled, and ends at its deadline', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async ({ steps, decisions, outcomes, policy }) => {
        const nextDecision = cycle(decisions)
        const nextOutcome = cycle(outcomes)
        const brain = defineBrain(async () => {
          const next = nextDecision()
          return typeof next === 'string' ? meet(next, next as never) : next
        })
        const calls: ToolCall[] = []
        const stage = new Stage({
          brain,
          fallback: brain,
          limits: LIMITS,
          policy,
          tool: fromPromise<unknown, ToolCall>(({ input }) => {
            calls.push(input)
            return meet(nextOutcome(), 'fine')
          }),
          delegate: fromPromise<DelegateAnswer, Task>(async () => {
            const next = nextOutcome()
            await meet(next, next)
            return next === 'pending' ? { status: 'pending' } : { status: 'done', output: next }
          }),
        })
        const holds = () => {
          const snapshot = stage.actor.getSnapshot()
          const { used, limits } = snapshot.context
          seen.add(stage.state)
          expect(snapshot.status).not.toBe('error')
          expect(used.turns).toBeLessThanOrEqual(limits.turns)
          expect(snapshot.status === 'done' || snapshot.can({ type: 'CANCEL' })).toBe(true)
          for (const { tool, approvedBy } of calls) if (tool === 'erase') expect(approvedBy).toBeDefined()
        }
        await stage.rest()
        for (const one of steps) {
          if (stage.actor.getSnapshot().status !== 'active') break
          const approvalId = stage.context.approval?.approvalId ?? 'none'
          if ('passMs' in one) await stage.pass(one.passMs)
          else if ('decideAs' in one) await stage.send({ type: one.decideAs, approvalId, by: 'Ann' })
          else await stage.send(one.send as never)
          holds()
        }
        await stage.pass(LIMITS.deadlineMs)
        await stage.pass(LIMITS.graceMs)
        holds()
        expect(['done', 'failed', 'exhausted']).toContain(stage.output?.status)
        stage.actor.stop()
      }),
      { numRuns: 300 },
    )
    expect(seen.size).toBeGreaterThan(12)
  })
})
