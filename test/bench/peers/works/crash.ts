/**
 * The crash: `kill -9` in the middle of 10 000 steps. Each step also has an effect on the outside: a line in a file. Callers that
 * have got no answer ask again, by the means that the peer has for that. In the end each message is to be in the state once.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Service } from '../../harness/second-process.js'
import type { AgentProcess, Site } from '../site.js'
import { type AgentState, messageOf } from './step.js'
import type { Figures, Work } from './work.js'

export interface CrashService extends Service {
  readonly calls: {
    /**
     * Handles a message and answers with the agent's count, once both are kept; and appends the message as a line to
     * `effectsIn(folder)`, as the peer does what is outside of the state. A message that was sent before is sent again.
     */
    step(step: CrashStep): Promise<number>
    state(agent: number): Promise<AgentState>
  }
}

export interface CrashStep {
  readonly agent: number
  /** Unlike any other of the agent's: what it is known by when it is sent again. */
  readonly message: string
  /** Whether it may have been sent before. */
  readonly isAgain: boolean
}

export function effectsIn(folder: string): string {
  return join(folder, 'effects.log')
}

const AGENTS = 64

export const crash: Work<CrashService> = {
  measures: {
    'crash.lost': { label: 'answered steps that are lost', unit: 'steps', better: 'lower' },
    'crash.twice': { label: 'steps applied twice', unit: 'steps', better: 'lower' },
    'crash.effects-again': { label: 'effects repeated', unit: 'effects', better: 'lower' },
    'crash.effects-missing': { label: 'effects that never happened', unit: 'effects', better: 'lower' },
    'crash.first': { label: 'from process start to the first step', unit: 'ms', better: 'lower' },
  },
  rounds: (quick) => (quick ? 1 : 3),
  async measure(site, { quick, folder }) {
    return await new Crash(site, quick ? 640 : 10_000).measure(folder)
  },
}

class Crash {
  /** How many messages each agent has answered; the next one is outstanding. */
  readonly #answered = new Array<number>(AGENTS).fill(0)
  /** How many answered messages each agent had forgotten. */
  readonly #lost = new Array<number>(AGENTS).fill(0)

  constructor(
    private readonly site: Site<CrashService>,
    private readonly steps: number,
  ) {}

  async measure(folder: string): Promise<Figures> {
    await this.#breakDown()
    const start = performance.now()
    const agents = await this.site.start()
    await this.#ask(agents, 0, true)
    const first = performance.now() - start
    await this.#noteLost(agents)
    await Promise.all(this.#answered.map((_, agent) => this.#carryOn(agents, agent)))
    const twice = await this.#countTwice(agents)
    await agents.close()
    return {
      'crash.lost': sum(this.#lost),
      'crash.twice': twice,
      ...(await this.#effects(folder)),
      'crash.first': first,
    }
  }

  /** Steps until half of them are answered, and then a crash under all callers. */
  async #breakDown(): Promise<void> {
    const agents = await this.site.start()
    let killed: Promise<void> | undefined
    const caller = async (agent: number): Promise<void> => {
      while (killed === undefined) {
        await this.#ask(agents, agent, false)
        if (sum(this.#answered) >= this.steps / 2) killed ??= agents.kill()
      }
    }
    const ends = await Promise.allSettled(this.#answered.map((_, agent) => caller(agent)))
    await killed
    const early = ends.find((end) => end.status === 'rejected')
    if (killed === undefined && early !== undefined) throw early.reason
  }

  async #ask(agents: AgentProcess<CrashService>, agent: number, isAgain: boolean): Promise<void> {
    const message = messageOf(agent, this.#nth(agent) + 1)
    await agents.call('step', { agent, message, isAgain })
    this.#answered[agent] = this.#nth(agent) + 1
  }

  async #noteLost(agents: AgentProcess<CrashService>): Promise<void> {
    for (let agent = 0; agent < AGENTS; agent++) {
      const { count } = await agents.call('state', agent)
      this.#lost[agent] = Math.max(0, this.#nth(agent) - count)
    }
  }

  /** Asks again what was outstanding, and then on to the end. */
  async #carryOn(agents: AgentProcess<CrashService>, agent: number): Promise<void> {
    if (agent > 0) await this.#ask(agents, agent, true)
    while (this.#nth(agent) < this.steps / AGENTS) await this.#ask(agents, agent, false)
  }

  async #countTwice(agents: AgentProcess<CrashService>): Promise<number> {
    let twice = 0
    for (let agent = 0; agent < AGENTS; agent++) {
      const { count, last } = await agents.call('state', agent)
      if (last.at(-1) !== messageOf(agent, this.#nth(agent)))
        throw new Error(`agent ${agent} has got something else last`)
      twice += Math.max(0, count - this.#nth(agent) + (this.#lost[agent] ?? 0))
    }
    return twice
  }

  async #effects(folder: string): Promise<Figures> {
    const lines = (await readFile(effectsIn(folder), 'utf8')).split('\n').slice(0, -1)
    const distinct = new Set(lines).size
    return { 'crash.effects-again': lines.length - distinct, 'crash.effects-missing': sum(this.#answered) - distinct }
  }

  #nth(agent: number): number {
    return this.#answered[agent] ?? 0
  }
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}
