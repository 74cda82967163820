/**
 * The long wait: agents asleep on a timer. What they weigh, in the process that has put them to sleep and in the one after it;
 * how long that takes until it has armed them again, and how long after they are due the last of them has woken.
 */
import { setTimeout as elapsed } from 'node:timers/promises'
import type { Service } from '../../harness/second-process.js'
import type { AgentProcess, Site } from '../site.js'
import { type Pids, residentBytes } from './resident.js'
import { Scales } from './scales.js'
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
/** After that many ms without any that wakes, the rest never will. */
const PATIENCE_MS = 60_000

export const sleep: Work<SleepService> = {
  asks: 'durable',
  measures: {
    'sleep.agents': { label: 'asleep', unit: 'agents', better: 'higher' },
    'sleep.memory-before': {
      label: 'memory of one asleep, in the process that has put it to sleep',
      unit: 'B/agent',
      better: 'lower',
    },
    'sleep.memory': {
      label: 'memory of one asleep, after a restart if it outlives one',
      unit: 'B/agent',
      better: 'lower',
    },
    'sleep.noise': { label: 'memory of one that takes none, as told', unit: 'B/agent', better: 'lower' },
    'sleep.armed': { label: 'from process start until all are armed again', unit: 'ms', better: 'lower' },
    'sleep.woken': { label: 'from due until all have woken', unit: 'ms', better: 'lower' },
  },
  rounds: () => 1,
  async measure(site, { quick, promise }) {
    const size: Size = quick
      ? { agents: 2_000, withinMs: 1_500, graceMs: 2_500 }
      : { agents: 100_000, withinMs: 30_000, graceMs: 12_000 }
    return await new Night(site, size).measure(promise !== 'memory')
  },
}

/** What a night passes by. */
export interface Means {
  wait(ms: number): Promise<unknown>
  /** Resolves with the bytes that processes take. */
  weigh(pids: Pids): Promise<number>
}

type Sleepers = AgentProcess<SleepService>

export class Night {
  readonly #scales: Scales<Sleepers>

  constructor(
    private readonly site: Site<SleepService>,
    private readonly size: Size,
    private readonly means: Means = { wait: elapsed, weigh: residentBytes },
  ) {
    this.#scales = new Scales(async (sleepers) => {
      await sleepers.call('rest')
      return await means.weigh(sleepers.pids)
    })
  }

  async measure(survives: boolean): Promise<Figures> {
    const first = survives ? await this.#startedAgain() : await this.#started()
    const { agents, dueAt } = await this.#putToSleep(first)
    const before = await this.#scales.inTheSame(first, agents + AT_ONCE)
    const known = { 'sleep.memory-before': before, 'sleep.noise': this.#scales.noise(agents + AT_ONCE) }
    if (!survives) return { ...known, 'sleep.memory': before, ...(await this.#wake(first, agents, dueAt)) }
    await first.close()
    const start = performance.now()
    const again = await this.site.start()
    const armed = performance.now() - start
    const memory = await this.#scales.inAnother(again, agents + AT_ONCE)
    return { ...known, 'sleep.memory': memory, 'sleep.armed': armed, ...(await this.#wake(again, agents, dueAt)) }
  }

  /** One process all along. */
  async #started(): Promise<Sleepers> {
    const sleepers = await this.site.start()
    for (let time = 0; time < 2; time++) await this.#scales.addEmpty(sleepers)
    return sleepers
  }

  /** It is compared with what it is itself: a process that was started again. The very first one sets up what is kept. */
  async #startedAgain(): Promise<Sleepers> {
    await (await this.site.start()).close()
    const trial = await this.site.start()
    await this.#scales.addEmpty(trial)
    await trial.close()
    const sleepers = await this.site.start()
    await this.#scales.addEmpty(sleepers)
    return sleepers
  }

  /** A first thousand tells how fast the peer is, and sleeps on; so the others are due once the process is back, and not much later. */
  async #putToSleep(sleepers: Sleepers): Promise<{ readonly agents: number; readonly dueAt: number }> {
    const start = performance.now()
    await sleepers.call('sleep', { from: 0, count: AT_ONCE, dueAt: Date.now() + HOUR_MS })
    const expectedMs = Math.min(this.size.withinMs, (performance.now() - start) * (this.size.agents / AT_ONCE))
    const dueAt = Date.now() + Math.ceil(2 * expectedMs) + this.size.graceMs
    let agents = 0
    do {
      await sleepers.call('sleep', { from: AT_ONCE + agents, count: AT_ONCE, dueAt })
      agents += AT_ONCE
    } while (agents < this.size.agents && performance.now() - start < this.size.withinMs)
    return { agents, dueAt }
  }

  async #wake(sleepers: Sleepers, agents: number, dueAt: number): Promise<Figures> {
    if (Date.now() > dueAt) throw new Error('the agents were due before they could be weighed')
    const lastAt = await this.#wokenAt(sleepers, agents, dueAt)
    return { 'sleep.agents': agents, 'sleep.woken': lastAt - dueAt }
  }

  async #wokenAt(sleepers: Sleepers, agents: number, dueAt: number): Promise<number> {
    for (;;) {
      const { count, lastAt } = await sleepers.call('woken')
      if (count >= agents) return lastAt
      if (Date.now() - Math.max(lastAt, dueAt) > PATIENCE_MS) throw new Error(`only ${count} of ${agents} have woken`)
      // Rarely enough to leave the processor to those that wake; when the last one did is told by the process itself.
      await this.means.wait(100)
    }
  }
}
