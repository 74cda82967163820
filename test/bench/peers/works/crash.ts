/**
 * The crash: `kill -9` in the middle of 10 000 steps. Each step also has an effect on the outside: a line in a file. Callers that
 * have got no answer ask again, by the means that the peer has for that. In the end each message is to be in the state once.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Service } from '../../harness/second-process.js'
import type { AgentProcess, Site } from '../site.js'
import { lostOf, messagesTo, twiceOf } from './kept.js'
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
  asks: 'durable',
  measures: {
    'crash.lost': { label: 'answered steps that are lost', unit: 'steps', better: 'lower', of: 'worst' },
    'crash.twice': { label: 'steps applied twice', unit: 'steps', better: 'lower', of: 'worst' },
    'crash.effects-again': { label: 'effects repeated', unit: 'effects', better: 'lower', of: 'worst' },
    'crash.effects-missing': { label: 'effects that never happened', unit: 'effects', better: 'lower', of: 'worst' },
    'crash.first': { label: 'from process start to the first step', unit: 'ms', better: 'lower' },
  },
  rounds: (quick) => (quick ? 1 : 2),
  async measure(site, { quick, folder }) {
    return await new Crash(site, quick ? 640 : 10_000).measure(folder)
  },
}

class Crash {
  /** How many messages each agent has answered; the next one is outstanding. */
  readonly #answered = new Array<number>(AGENTS).fill(0)
  /** The count in each agent's last answer. */
  readonly #counts = new Array<number>(AGENTS).fill(0)
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

  /** Steps until half of them are answered, and then a crash under all callers. What fails before that has failed. */
  async #breakDown(): Promise<void> {
    const agents = await this.site.start()
    const failures: unknown[] = []
    let killed: Promise<void> | undefined
    const caller = async (agent: number): Promise<void> => {
      while (killed === undefined && failures.length === 0) {
        const count = await this.#sent(agents, agent, false).catch((error: unknown) => {
          if (killed === undefined) failures.push(error)
        })
        if (count === undefined) return
        this.#noteAnswer(agent, count)
        if (count !== this.#nth(agent)) failures.push(miscounted(agent, count, this.#nth(agent)))
        if (sum(this.#answered) >= this.steps / 2) killed ??= agents.kill()
      }
    }
    await Promise.all(this.#answered.map((_, agent) => caller(agent)))
    await killed
    if (failures.length > 0) throw failures[0]
  }

  async #sent(agents: AgentProcess<CrashService>, agent: number, isAgain: boolean): Promise<number> {
    return await agents.call('step', { agent, message: messageOf(agent, this.#nth(agent) + 1), isAgain })
  }

  #noteAnswer(agent: number, count: number): void {
    this.#answered[agent] = this.#nth(agent) + 1
    this.#counts[agent] = count
  }

  /** After the crash a count may be another one than before, as steps are lost or applied twice: but it grows by each new one. */
  async #ask(agents: AgentProcess<CrashService>, agent: number, isAgain: boolean): Promise<void> {
    const least = isAgain ? 1 : this.#countOf(agent) + 1
    const count = await this.#sent(agents, agent, isAgain)
    this.#noteAnswer(agent, count)
    if (!(count >= least)) throw miscounted(agent, count, least)
  }

  async #noteLost(agents: AgentProcess<CrashService>): Promise<void> {
    for (let agent = 0; agent < AGENTS; agent++) {
      this.#lost[agent] = lostOf(agent, this.#nth(agent), await agents.call('state', agent))
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
      const state = await agents.call('state', agent)
      if (state.count < this.#countOf(agent)) throw miscounted(agent, state.count, this.#countOf(agent))
      twice += twiceOf(agent, this.#nth(agent), this.#lost[agent] ?? 0, state)
    }
    return twice
  }

  async #effects(folder: string): Promise<Figures> {
    const lines = (await readFile(effectsIn(folder), 'utf8')).split('\n').slice(0, -1)
    const distinct = new Set(lines)
    const missing = this.#answered
      .flatMap((answered, agent) => messagesTo(agent, answered))
      .filter((message) => !distinct.has(message))
    return { 'crash.effects-again': lines.length - distinct.size, 'crash.effects-missing': missing.length }
  }

  #nth(agent: number): number {
    return this.#answered[agent] ?? 0
  }

  #countOf(agent: number): number {
    return this.#counts[agent] ?? 0
  }
}

function miscounted(agent: number, count: number, wanted: number): Error {
  return new Error(`agent ${agent} counts ${count} messages where it should have counted ${wanted}`)
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}
