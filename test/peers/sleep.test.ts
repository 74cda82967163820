/** The long wait of the side-by-side suite, in simulated time. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AgentProcess, Site } from '../bench/peers/site.js'
import { type Asleep, Night, type SleepService } from '../bench/peers/works/sleep.js'
import type { Figures } from '../bench/peers/works/work.js'
import { processOf } from './answering.js'

describe('the long wait', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('goes on with those that are asleep when the time is up', async () => {
    expect(await night({ agentMs: 2 })).toMatchObject({ 'sleep.agents': 3_000, 'sleep.woken': 5 })
    expect(await night({ agentMs: 0 })).toMatchObject({ 'sleep.agents': 10_000, 'sleep.woken': 5 })
  })

  it('fails a peer whose agents are due before they are weighed', async () => {
    await expect(night({ startMs: 60_000 })).rejects.toThrow('due before they could be weighed')
  })

  it('fails a peer of whose agents some never wake', async () => {
    await expect(night({ deaf: 3 })).rejects.toThrow('only 9997 of 10000 have woken')
  })

  it('weighs a peer that outlives a restart before and after it, and tells how long that took', async () => {
    expect(await night({ agentBytes: 500, restoredBytes: 100, startMs: 70 })).toMatchObject({
      'sleep.memory-before': 500,
      'sleep.memory': 100,
      'sleep.armed': 70,
    })
  })

  it('does not restart a peer in memory: it weighs the same process twice', async () => {
    const bedroom = new Bedroom({ agentBytes: 500 })
    const figures = await nightIn(bedroom, false)
    expect(bedroom.starts).toBe(1)
    expect(figures).toMatchObject({ 'sleep.memory-before': 500, 'sleep.memory': 500, 'sleep.woken': 5 })
    expect(figures).not.toHaveProperty('sleep.armed')
  })

  it('tells of agents that weigh less than processes differ as much as that', async () => {
    const drifting = await night({ driftBytes: -1_100_000 })
    expect(drifting).toMatchObject({ 'sleep.memory': 100, 'sleep.noise': 100 })
  })
})

interface Habits {
  /** How long one takes to fall asleep, and a process to start. */
  readonly agentMs?: number
  readonly startMs?: number
  /** How many never wake. */
  readonly deaf?: number
  /** What one takes that fell asleep in this process, and in an earlier one. */
  readonly agentBytes?: number
  readonly restoredBytes?: number
  /** By how much each process is heavier than the one before it. */
  readonly driftBytes?: number
}

async function night(habits: Habits): Promise<Figures> {
  return await nightIn(new Bedroom(habits), true)
}

async function nightIn(bedroom: Bedroom, survives: boolean): Promise<Figures> {
  const size = { agents: 10_000, withinMs: 8_000, graceMs: 20_000 }
  return await new Night(bedroom, size, {
    wait: async (ms) => vi.advanceTimersByTime(ms),
    weigh: async () => bedroom.bytesNow(),
  }).measure(survives)
}

/** In simulated time; all wake 5 ms late. */
class Bedroom implements Site<SleepService> {
  starts = 0
  readonly #asleep: Asleep[] = []
  #restored = 0

  constructor(private readonly habits: Habits) {}

  bytes = async (): Promise<number> => 0

  async start(): Promise<AgentProcess<SleepService>> {
    this.starts++
    this.#restored = this.#count()
    vi.advanceTimersByTime(this.habits.startMs ?? 0)
    return processOf({
      sleep: (asleep: Asleep) => this.#add(asleep),
      woken: () => this.#woken(),
      rest: () => undefined,
    })
  }

  bytesNow(): number {
    const { agentBytes = 0, restoredBytes = 0, driftBytes = 0 } = this.habits
    const own = (this.#count() - this.#restored) * agentBytes + this.#restored * restoredBytes
    return 50_000_000 + this.starts * driftBytes + own
  }

  #add(asleep: Asleep): void {
    this.#asleep.push(asleep)
    vi.advanceTimersByTime(asleep.count * (this.habits.agentMs ?? 0))
  }

  #count(): number {
    return this.#asleep.reduce((sum, { count }) => sum + count, 0)
  }

  #woken(): { readonly count: number; readonly lastAt: number } {
    const due = this.#asleep.filter(({ dueAt }) => dueAt + 5 <= Date.now())
    const count = due.reduce((sum, asleep) => sum + asleep.count, 0)
    if (count === 0) return { count, lastAt: 0 }
    return { count: count - (this.habits.deaf ?? 0), lastAt: Math.max(...due.map(({ dueAt }) => dueAt + 5)) }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
