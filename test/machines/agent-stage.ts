import { type Actor, createActor, type EventObject, fromCallback, fromPromise, SimulatedClock } from 'xstate'
import { fromScript, type ScriptStep } from '../../actors/from-script.js'
import type { AgentInput } from '../../machines/agent/context.js'
import type { AgentEmitted, AgentEvent } from '../../machines/agent/events.js'
import type { AgentOptions, ApprovalRequest, ToolCall } from '../../machines/agent/options.js'
import { type AgentMachine, createAgentMachine } from '../../machines/agent.js'
import type { Decision, ToolSummary } from '../../machines/brain.js'

export const TOOLS: readonly ToolSummary[] = [
  { name: 'look', description: 'looks', risk: 'read' },
  { name: 'write', description: 'writes', risk: 'write' },
  { name: 'erase', description: 'erases', risk: 'danger' },
]

export const decide = (event: Decision['event'], more: Partial<Decision> = {}): Decision => ({
  event,
  reason: `to ${event.type}`,
  ...more,
})
export const use = (tool: string, input: unknown = {}): Decision => decide({ type: 'USE_TOOL', tool, input })
export const finish = (output: unknown = 'done'): Decision => decide({ type: 'FINISH', output })

/** Promise logic whose ends are in the hands of the test. */
export class Hand<TInput, TOutput> {
  readonly calls: { readonly input: TInput; readonly signal: AbortSignal }[] = []
  readonly #ends: { resolve: (output: TOutput) => void; reject: (error: unknown) => void }[] = []
  readonly logic = fromPromise<TOutput, TInput>(
    ({ input, signal }) =>
      new Promise((resolve, reject) => {
        this.calls.push({ input, signal })
        this.#ends.push({ resolve, reject })
      }),
  )

  resolve(output: TOutput): void {
    this.#ends.at(-1)?.resolve(output)
  }

  reject(error: unknown): void {
    this.#ends.at(-1)?.reject(error)
  }
}

export interface StageOptions extends Partial<AgentOptions> {
  readonly script?: readonly ScriptStep[]
  readonly input?: AgentInput
  /** What a tool answers. Default: its name and input. */
  readonly answer?: (call: ToolCall) => unknown
}

/** An agent on plain XState, with a clock that the test moves. */
export class Stage {
  readonly clock = new SimulatedClock()
  readonly brain
  readonly calls: ToolCall[] = []
  readonly emitted: AgentEmitted[] = []
  readonly machine: AgentMachine
  readonly actor: Actor<AgentMachine>

  constructor({ script = [], input, answer = ({ tool }) => `${tool} says hello`, ...options }: StageOptions = {}) {
    this.brain = fromScript(script)
    this.machine = createAgentMachine({
      goal: 'the goal',
      brain: this.brain,
      tools: TOOLS,
      tool: fromPromise<unknown, ToolCall>(async ({ input: call }) => {
        this.calls.push(call)
        return answer(call)
      }),
      ...options,
    })
    this.actor = createActor(this.machine, { input, clock: this.clock })
    this.actor.on('*', (event) => this.emitted.push(event))
    this.actor.start()
  }

  get context() {
    return this.actor.getSnapshot().context
  }

  get output() {
    return this.actor.getSnapshot().output
  }

  /** The deepest state of its job, or the final state. */
  get state(): string {
    return stateOf(this.actor.getSnapshot().value)
  }

  async send(...events: AgentEvent[]): Promise<void> {
    for (const event of events) this.actor.send(event)
    await this.rest()
  }

  async rest(): Promise<this> {
    for (let round = 0; round < 30; round++) await new Promise((resolve) => setImmediate(resolve))
    return this
  }

  async pass(ms: number): Promise<void> {
    this.clock.increment(ms)
    await this.rest()
  }

  of<T extends AgentEmitted['type']>(type: T): Extract<AgentEmitted, { type: T }>[] {
    return this.emitted.filter((event): event is Extract<AgentEmitted, { type: T }> => event.type === type)
  }
}

/** `working.thinking.asking`, `paused.midway`, `done`. */
export function stateOf(value: unknown): string {
  const job = typeof value === 'string' ? value : (value as { active: { job: unknown } }).active.job
  const path = pathOf(job)
  return path[0] === 'engaged' ? path.slice(1).join('.') : path.join('.')
}

function pathOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Object.entries(value as object).flatMap(([key, below]) => [key, ...pathOf(below)])
}

/** A system's approvals, as far as an agent sees them. */
export function approvals(seen: unknown[]) {
  return fromCallback<EventObject, ApprovalRequest>(({ input }) => {
    seen.push(input)
    return () => seen.push('withdrawn')
  })
}
