/** The crash work of the side-by-side suite, against peers that break each of the promises. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentProcess, Site } from '../bench/peers/site.js'
import { type CrashService, type CrashStep, crash, effectsIn } from '../bench/peers/works/crash.js'
import { type AgentState, afterMessage, messageOf } from '../bench/peers/works/step.js'
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

  it('counts an answered step as lost also where one that was not yet answered makes up for it', async () => {
    const { 'crash.lost': lost, 'crash.twice': twice } = await afterACrash({ skips: true })
    expect(lost).toBeGreaterThan(0)
    expect(twice).toBe(0)
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

  it('fails a peer at which a step fails before the crash, though others go on', async () => {
    await expect(afterACrash({ failsAt: messageOf(7, 2) })).rejects.toThrow('no step')
  })

  it('fails a peer that answers with another count than its messages have', async () => {
    await expect(afterACrash({ miscountsAt: messageOf(7, 2) })).rejects.toThrow('agent 7 counts 3 messages')
    await expect(afterACrash({ miscountsAt: messageOf(7, 10), by: -1 })).rejects.toThrow('agent 7 counts 9 messages')
  })

  it('fails a peer whose state holds messages in another order, or others than it was sent', async () => {
    await expect(afterACrash({ shows: (last) => last.toReversed() })).rejects.toThrow('in another order')
    await expect(afterACrash({ shows: (last) => last.with(0, 'else') })).rejects.toThrow('that it was not sent')
  })
})

interface Faults {
  /** How many agents forget their last answered step at the crash. */
  readonly forgets?: number
  /** At the crash, agents lose their last answered step, and keep the one that is outstanding. */
  readonly skips?: boolean
  /** The step with this message fails. */
  readonly failsAt?: string
  /** The step with this message is answered with a count that is wrong by that many. */
  readonly miscountsAt?: string
  readonly by?: number
  /** What is told of the last messages. */
  readonly shows?: (last: readonly string[]) => readonly string[]
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
        name === 'step' ? this.#step(argument, life) : this.#shown(argument)) as AgentProcess<CrashService>['call'],
      kill: async () => this.#crash(),
      close: async () => undefined,
      pids: async () => [],
    }
  }

  async #step({ agent, message, isAgain }: CrashStep, life: number): Promise<number> {
    if (message === this.faults.failsAt) throw new Error('no step')
    const isKnown = this.#stateOf(agent).last.at(-1) === message
    if (!isKnown || this.faults.isDeaf) this.#states.set(agent, afterMessage(this.#stateOf(agent), message))
    if (!isKnown || (isAgain && this.faults.repeatsEffects)) await this.#effect(message)
    // Others have their turn: so many are outstanding when the process is killed.
    await new Promise((resolve) => setImmediate(resolve))
    if (life !== this.#life) throw new Error('killed')
    this.#answered.set(agent, message)
    return this.#stateOf(agent).count + (message === this.faults.miscountsAt ? (this.faults.by ?? 1) : 0)
  }

  async #shown(agent: number): Promise<AgentState> {
    const { count, last } = this.#stateOf(agent)
    return { count, last: this.faults.shows?.(last) ?? last }
  }

  async #effect(message: string): Promise<void> {
    if (!(this.faults.losesEffects && message.startsWith('7-'))) await appendFile(effectsIn(folder), `${message}\n`)
  }

  #crash(): void {
    this.#life++
    if (this.faults.skips) for (const agent of this.#states.keys()) this.#skip(agent)
    for (let agent = 0; agent < (this.faults.forgets ?? 0); agent++) {
      const { count, last } = this.#stateOf(agent)
      const isAnswered = last.at(-1) === this.#answered.get(agent)
      // The one that was outstanding is forgotten too.
      const gone = isAnswered ? 1 : 2
      this.#states.set(agent, { count: count - gone, last: last.slice(0, -gone) })
    }
  }

  #skip(agent: number): void {
    const { count, last } = this.#stateOf(agent)
    const isOutstanding = last.at(-1) !== this.#answered.get(agent)
    if (isOutstanding) this.#states.set(agent, { count: count - 1, last: last.toSpliced(-2, 1) })
  }

  #stateOf(agent: number): AgentState {
    return this.#states.get(agent) ?? { count: 0, last: [] }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
