/**
 * The long wait: agents asleep on a timer. What they weigh, how long the process takes until it has armed them again after it
 * was ended, and how long after they are due the last of them has woken.
 */
import { setTimeout as elapsed } from 'node:timers/promises'
import type { Service } from '../../harness/second-process.js'
import type { AgentProcess, Site } from '../site.js'
import { residentBytes } from './resident.js'
import type { Figures, Work } from './work.js'

/** Opened, it has armed the timers of all that sleep already. */
export interface SleepService extends Service {
  readonly calls: {
    /** Puts agents to sleep; resolves when all sleep, each durably where the peer can. */
    sleep(asleep: Asleep): Promise<void>
    /** How many have woken since the process started, each durably where the peer can, and when the last of them has. */
    woken(): Woken | Promise<Woken>
    /** Lets go of what can be let go of: collects garbage. */
    rest(): void | Promise<void>
  }
}

/** The agents `from` to `from + count - 1`. */
export interface Asleep {
  readonly from: number
  readonly count: number
  /** In ms since the epoch, a whole number. */
  readonly dueAt: number
}

export interface Woken {
  readonly count: number
  /** In ms since the epoch. */
  readonly lastAt: number
}

interface Size {
  readonly agents: number
  /** A peer that isn't done by then goes on with as many as sleep. */
  readonly withinMs: number
  /** For the restart, beside the time that falling asleep takes. */
  readonly graceMs: number
}

/** How many are put to sleep by one call. */
const AT_ONCE = 1_000
const HOUR_MS = 3_600_000

export const sleep: Work<SleepService> = {
  measures: {
    'sleep.agents': { label: 'asleep', unit: 'agents', better: 'higher' },
    'sleep.memory': { label: 'memory of one asleep', unit: 'B/agent', better: 'lower' },
    'sleep.armed': { label: 'from process start until all are armed again', unit: 'ms', better: 'lower' },
    'sleep.woken': { label: 'from due until all have woken', unit: 'ms', better: 'lower' },
  },
  rounds: () => 1,
  async measure(site, { quick, promise }) {
    const size: Size = quick
      ? { agents: 2_000, withinMs: 1_500, graceMs: 2_500 }
      : { agents: 100_000, withinMs: 45_000, graceMs: 12_000 }
    return await new Night(site, size).measure(promise !== 'memory')
  },
}

class Night {
  constructor(
    private readonly site: Site<SleepService>,
    private readonly size: Size,
  ) {}

  async measure(survives: boolean): Promise<Figures> {
    const first = await this.site.start()
    const empty = await weigh(first)
    const { agents, dueAt } = await this.#putToSleep(first)
    if (!survives) return await this.#wake(first, { agents, dueAt, empty })
    await first.close()
    const start = performance.now()
    const again = await this.site.start()
    const armed = performance.now() - start
    return { 'sleep.armed': armed, ...(await this.#wake(again, { agents, dueAt, empty })) }
  }

  /** A first thousand tells how fast the peer is, and sleeps on; so the others are due once the process is back, and not much later. */
  async #putToSleep(process: AgentProcess<SleepService>): Promise<{ readonly agents: number; readonly dueAt: number }> {
    const start = performance.now()
    await process.call('sleep', { from: 0, count: AT_ONCE, dueAt: Date.now() + HOUR_MS })
    const expectedMs = Math.min(this.size.withinMs, (performance.now() - start) * (this.size.agents / AT_ONCE))
    const dueAt = Date.now() + Math.ceil(2 * expectedMs) + this.size.graceMs
    let agents = 0
    do {
      await process.call('sleep', { from: AT_ONCE + agents, count: AT_ONCE, dueAt })
      agents += AT_ONCE
    } while (agents < this.size.agents && performance.now() - start < this.size.withinMs)
    return { agents, dueAt }
  }

  async #wake(process: AgentProcess<SleepService>, { agents, dueAt, empty }: Sleeping): Promise<Figures> {
    const memory = ((await weigh(process)) - empty) / (agents + AT_ONCE)
    if (Date.now() > dueAt) throw new Error('the agents were due before they could be weighed')
    const lastAt = await wokenBy(process, agents, dueAt)
    return { 'sleep.agents': agents, 'sleep.memory': memory, 'sleep.woken': lastAt - dueAt }
  }
}

interface Sleeping {
  readonly agents: number
  readonly dueAt: number
  /** What the process weighed with none. */
  readonly empty: number
}

async function weigh(process: AgentProcess<SleepService>): Promise<number> {
  await process.call('rest')
  return await residentBytes(process.pids)
}

/** After that many ms without any that wakes, the rest never will. */
const PATIENCE_MS = 60_000

async function wokenBy(process: AgentProcess<SleepService>, agents: number, dueAt: number): Promise<number> {
  for (;;) {
    const { count, lastAt } = await process.call('woken')
    if (count >= agents) return lastAt
    if (Date.now() - Math.max(lastAt, dueAt) > PATIENCE_MS) throw new Error(`only ${count} of ${agents} have woken`)
    // Rarely enough to leave the processor to those that wake; when the last one did is told by the process itself.
    await elapsed(100)
  }
}
