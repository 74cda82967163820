/** The crash work of the side-by-side suite, against peers that break each of the promises. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentProcess, Site } from '../bench/peers/site.js'
import { type CrashService, type CrashStep, crash, effectsIn } from '../bench/peers/works/crash.js'
import { type AgentState, afterMessage } from '../bench/peers/works/step.js'
import type { Figures } from '../bench/peers/works/work.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roscius-peers-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the crash work', () => {
  it('finds nothing wrong with a peer that keeps each answered step, once', async () => {
    expect(await afterACrash({})).toMatchObject({
      'crash.lost': 0,
      'crash.twice': 0,
      'crash.effects-again': 0,
      'crash.effects-missing': 0,
    })
  })

  it('counts the answered steps that a peer forgets', async () => {
    expect(await afterACrash({ forgets: 3 })).toMatchObject({ 'crash.lost': 3, 'crash.twice': 0 })
  })

  it('counts the steps that a peer handles again when they are sent again', async () => {
    const { 'crash.twice': twice } = await afterACrash({ isDeaf: true })
    expect(twice).toBeGreaterThan(0)
    expect(twice).toBeLessThanOrEqual(64)
  })

  it('counts the effects that are repeated, and those that never happen', async () => {
    const { 'crash.effects-again': again } = await afterACrash({ repeatsEffects: true })
    expect(again).toBeGreaterThan(0)
    const { 'crash.effects-missing': missing } = await afterACrash({ losesEffects: true })
    expect(missing).toBeGreaterThan(0)
  })
})

interface Faults {
  /** How many agents forget their last answered step at the crash. */
  readonly forgets?: number
  /** Handles again what is sent again. */
  readonly isDeaf?: boolean
  readonly repeatsEffects?: boolean
  readonly losesEffects?: boolean
}

async function afterACrash(faults: Faults): Promise<Figures> {
  await rm(effectsIn(folder), { force: true })
  await using site = new Agents(faults)
  return await crash.measure(site, { quick: true, folder, promise: 'durable' })
}

/** A peer in memory that outlives its crash, but for its faults. What is outstanding then was kept, and is not answered. */
class Agents implements Site<CrashService> {
  readonly #states = new Map<number, AgentState>()
  readonly #answered = new Map<number, string>()
  #life = 0

  constructor(private readonly faults: Faults) {}

  bytes = async (): Promise<number> => 0

  async start(): Promise<AgentProcess<CrashService>> {
    const life = ++this.#life
    return {
      call: ((name: string, argument: never) =>
        name === 'step' ? this.#step(argument, life) : this.#stateOf(argument)) as AgentProcess<CrashService>['call'],
      kill: async () => this.#crash(),
      close: async () => undefined,
      pids: [],
    }
  }

  async #step({ agent, message, isAgain }: CrashStep, life: number): Promise<number> {
    const isKnown = this.#stateOf(agent).last.at(-1) === message
    if (!isKnown || this.faults.isDeaf) this.#states.set(agent, afterMessage(this.#stateOf(agent), message))
    if (!isKnown || (isAgain && this.faults.repeatsEffects)) await this.#effect(message)
    // Others have their turn: so many are outstanding when the process is killed.
    await new Promise((resolve) => setImmediate(resolve))
    if (life !== this.#life) throw new Error('killed')
    this.#answered.set(agent, message)
    return this.#stateOf(agent).count
  }

  async #effect(message: string): Promise<void> {
    if (!(this.faults.losesEffects && message.startsWith('7-'))) await appendFile(effectsIn(folder), `${message}\n`)
  }

  #crash(): void {
    this.#life++
    for (let agent = 0; agent < (this.faults.forgets ?? 0); agent++) {
      const { count, last } = this.#stateOf(agent)
      const isAnswered = last.at(-1) === this.#answered.get(agent)
      // The one that was outstanding is forgotten too.
      const gone = isAnswered ? 1 : 2
      this.#states.set(agent, { count: count - gone, last: last.slice(0, -gone) })
    }
  }

  #stateOf(agent: number): AgentState {
    return this.#states.get(agent) ?? { count: 0, last: [] }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
