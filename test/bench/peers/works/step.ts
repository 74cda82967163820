/**
 * The durable agent step: an agent receives a message, updates a small state (a count and the last ten messages), commits it
 * durably, and replies. With 1, 64 and 1 000 agents, each of which has one message outstanding all the time.
 */
import type { Service } from '../../harness/second-process.js'
import { closedLoop, type Load, type LoadFigures } from './closed-loop.js'
import type { Figures, Measure, Work } from './work.js'

export interface StepService extends Service {
  readonly calls: {
    /** Loads the agents 0 to `agents - 1`, from within their own process, or from where its users call. */
    load(load: Load): Promise<LoadFigures>
  }
}

/** The state of an agent: how many messages it has got, and the last ten of them. */
export interface AgentState {
  readonly count: number
  readonly last: readonly string[]
}

/** Handles a message and answers with the agent's count, once both are kept. */
export type Step = (agent: number, message: string) => Promise<number>

/** The service of a peer whose agents are called in their own process. */
export function loading(step: Step): StepService['calls'] {
  const counts = new Map<number, number>()
  return { load: (load) => closedLoop(load, checked(step, counts)) }
}

/** Throws unless each step really counted: a benchmark that loses messages is fast. */
function checked(step: Step, counts: Map<number, number>): (agent: number) => Promise<void> {
  return async (agent) => {
    const expected = (counts.get(agent) ?? 0) + 1
    counts.set(agent, expected)
    const count = await step(agent, messageOf(agent, expected))
    if (count !== expected) throw new Error(`agent ${agent} counts ${count} messages, and has got ${expected}`)
  }
}

/** A message of 40 bytes, unlike any other of the agent's. */
export function messageOf(agent: number, n: number): string {
  return `${agent}-${n}-`.padEnd(40, 'm')
}

/** The state after a message. */
export function afterMessage({ count, last }: AgentState, message: string): AgentState {
  return { count: count + 1, last: [...last.slice(-9), message] }
}

const SIZES = [1, 64, 1_000] as const

export const step: Work<StepService> = {
  asks: 'durable',
  measures: Object.fromEntries(SIZES.flatMap(measuresOf)),
  rounds: (quick) => (quick ? 1 : 3),
  async measure(site, { quick }) {
    const agents = await site.start()
    // Many at a time compile the code of all processes soonest, as a service that lives has: one agent takes seconds for that.
    await agents.call('load', { agents: 64, warmUpMs: 0, ms: quick ? 500 : 1_500 })
    const figures: Record<string, number> = {}
    for (const size of SIZES) {
      const load: Load = { agents: size, warmUpMs: quick ? 200 : 600, ms: quick ? 500 : 1_500 }
      Object.assign(figures, named(size, await agents.call('load', load)))
    }
    await agents.close()
    return figures
  },
}

function measuresOf(size: number): [string, Measure][] {
  const of = `${size.toLocaleString('en-US')} agent${size === 1 ? '' : 's'}`
  return [
    [`step-${size}.rate`, { label: `durable steps, ${of}`, unit: 'steps/s', better: 'higher' }],
    [`step-${size}.p50`, { label: `one step, ${of}, median`, unit: 'ms p50', better: 'lower' }],
    [`step-${size}.p99`, { label: `one step, ${of}, 99th percentile`, unit: 'ms p99', better: 'lower' }],
  ]
}

function named(size: number, { perSecond, p50, p99 }: LoadFigures): Figures {
  return { [`step-${size}.rate`]: perSecond, [`step-${size}.p50`]: p50, [`step-${size}.p99`]: p99 }
}
