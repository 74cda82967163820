/**
 * Figures for Prometheus. The one file that knows `prom-client`.
 *
 * 1. The registry is its own: what a process counts elsewhere stays apart.
 * 2. Labels come from small sets: statuses, reasons, peers, dimensions, a few accounts. No path of an actor is one, but for those of
 *    the accounts of which most is used.
 * 3. Of a node that stands still only figures are told: its lists can't be read any more.
 * 4. All is read when it is asked for; only what can't be read later (restarts, dead letters) is counted meanwhile.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { SystemEvent } from '../../core/events.js'
import { topAccounts } from '../answers/budgets.js'
import type { Desk } from '../answers/desk.js'
import type { EventLoopDelay } from './event-loop.js'

const MAX_ACCOUNTS = 20

export class Metrics {
  readonly #registry = new Registry()
  readonly #restarts = this.#counter('restarts_total', 'Restarts of actors.')
  readonly #letters = this.#counter('dead_letters_total', 'Events that nobody took, by reason.', ['reason'])
  readonly #listening: { unsubscribe(): void }
  #hasDefaults = false
  #reading: Promise<{ readonly type: string; readonly text: string }> | undefined

  constructor(
    private readonly desk: Desk,
    eventLoop: EventLoopDelay,
  ) {
    this.#restarts.inc(0)
    const count = (event: SystemEvent): void => {
      if (event.type === 'childRestarted') this.#restarts.inc()
      if (event.type === 'deadLetter') this.#letters.inc({ reason: event.reason })
    }
    this.#listening = desk.system.on(count, { opening: false })
    this.#figures()
    this.#lists()
    this.#gauge(
      'event_loop_delay_seconds',
      'How late the event loop was, at worst of the last seconds.',
      [],
      (gauge) => {
        gauge.set(eventLoop.maxMs / 1_000)
      },
    )
  }

  /** Who asks while it is read is told the same: two readings at once would count everything twice. */
  read(): Promise<{ readonly type: string; readonly text: string }> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read(): Promise<{ readonly type: string; readonly text: string }> {
    // The process's own are watched from the first time that somebody wants to know.
    if (!this.#hasDefaults) collectDefaultMetrics({ register: this.#registry })
    this.#hasDefaults = true
    return { type: this.#registry.contentType, text: await this.#registry.metrics() }
  }

  close(): void {
    this.#listening.unsubscribe()
    this.#registry.clear()
  }

  #figures(): void {
    const { system } = this.desk
    const total = (name: string, help: string, read: () => number): void => {
      this.#counter(name, help, [], (counter) => {
        counter.reset()
        counter.inc(read())
      })
    }
    const now = (name: string, help: string, read: () => number): void => {
      this.#gauge(name, help, [], (gauge) => gauge.set(read()))
    }
    total('units_total', 'Events handled since the node was opened.', () => system.figures().units)
    total('commits_total', 'Batches written since the node was opened.', () => system.figures().commits)
    this.#gauge('commit_seconds', 'How long commits take, over the last minute.', ['of'], (gauge) => {
      const { last, mean, max } = system.figures().commitMs
      for (const [of, ms] of Object.entries({ last, mean, max })) gauge.set({ of }, ms / 1_000)
    })
    now(
      'commit_in_flight_seconds',
      'How long the commit in flight takes already.',
      () => system.figures().inFlightMs / 1_000,
    )
    now('mail_waiting', 'Events that wait in mailboxes.', () => system.figures().mailWaiting)
    now(
      'oldest_mail_seconds',
      'Age of the oldest event that waits and could be handled.',
      () => system.figures().oldestMailMs / 1_000,
    )
    now('actors_in_memory', 'Actors in memory.', () => system.figures().actorsInMemory)
    now('effects_running', 'Promises, callbacks and observables that run.', () => system.figures().effectsRunning)
    now('halted', '1 if the node stands still by an error.', () => (system.figures().halted === undefined ? 0 : 1))
  }

  #lists(): void {
    const { system } = this.desk
    const list = <L extends string>(
      name: string,
      help: string,
      labelNames: readonly L[],
      read: (gauge: Gauge<L>) => void | Promise<void>,
    ): void => {
      this.#gauge(name, help, labelNames, (gauge) => (system.figures().halted === undefined ? read(gauge) : undefined))
    }
    list('actors', 'Actors by status.', ['status'], async (gauge) => {
      for await (const { status } of system.actors()) gauge.inc({ status })
    })
    list('approvals_pending', 'Questions that wait for a person.', [], (gauge) => {
      gauge.set(system.approvals.list().length)
    })
    list(
      'budget_used_ratio',
      'How much is used of the accounts of which most is.',
      ['account', 'dimension'],
      async (gauge) => {
        for (const { account, dimension, used } of await usedMost(this.desk)) gauge.set({ account, dimension }, used)
      },
    )
    list('link_state', '1 for the state that the link to a peer is in.', ['peer', 'state'], (gauge) => {
      for (const { peer, state } of system.peers()) gauge.set({ peer, state }, 1)
    })
    list('outbox_messages', 'Messages that a peer has not confirmed.', ['peer'], (gauge) => {
      for (const { peer, outbox } of system.peers()) gauge.set({ peer }, outbox.count)
    })
    list('outbox_bytes', 'Bytes of those.', ['peer'], (gauge) => {
      for (const { peer, outbox } of system.peers()) gauge.set({ peer }, outbox.bytes)
    })
  }

  #counter<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    read: (counter: Counter<L>) => void = () => undefined,
  ): Counter<L> {
    const counter: Counter<L> = new Counter({
      name: `roscius_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect: () => read(counter),
    })
    return counter
  }

  #gauge<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    read: (gauge: Gauge<L>) => void | Promise<void>,
  ): void {
    const gauge: Gauge<L> = new Gauge({
      name: `roscius_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect: () => {
        gauge.reset()
        return read(gauge)
      },
    })
  }
}

interface Used {
  readonly account: string
  readonly dimension: string
  readonly used: number
}

async function usedMost({ system }: Desk): Promise<readonly Used[]> {
  const accounts = (await topAccounts({ system })).flatMap(({ path, lines }): Used[] =>
    lines.flatMap(({ dimension, limit, settled, open }) =>
      limit === undefined || limit === 0 ? [] : [{ account: path, dimension, used: (settled + open) / limit }],
    ),
  )
  return accounts.sort((a, b) => b.used - a.used).slice(0, MAX_ACCOUNTS)
}
