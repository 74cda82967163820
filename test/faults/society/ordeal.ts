/**
 * A society that is driven through a script while its store crashes as planned, opened again each time, and driven on.
 *
 * 1. The driver is outside: it knows what was acknowledged to it, repeats what was not with the same key, and after each
 *    recovery repeats everything from the beginning: durable actors must answer as before.
 * 2. After each recovery, before anything is repeated, what had been acknowledged or done must have its cause in the store.
 * 3. The old system of a crash is not spoken to any more.
 */

import { setTimeout as pause } from 'node:timers/promises'
import { createSystem, isRosciusError, type Store } from 'roscius'
import { type FaultStore, faultStore, type SimulatedClock, seededRandom, simulatedClock } from 'roscius/testing'
import type { EventObject } from 'xstate'
import {
  describeState,
  faultsInCut,
  faultsInJournals,
  leftovers,
  readAccounts,
  type SocietySystem,
} from './observation.js'
import { Outside } from './outside.js'
import { isRelaxed, type Named, RELAY, type Round, START_BALANCE, type Step, TALLY } from './script.js'
import { societyLogic } from './society.js'

/** When a handle of the store crashes. */
export interface Crash {
  readonly batch: number
  readonly when: 'before' | 'after'
}

export interface OrdealOptions {
  readonly rounds: readonly Round[]
  /** The crash of each handle in turn; handles after the last don't crash. */
  readonly crashes: readonly Crash[]
  readonly powerLoss?: boolean
  readonly seed?: number
  /** Stands between the system and its store. */
  readonly wrap?: (store: FaultStore) => Store
}

export interface OrdealResult {
  readonly state: Record<string, unknown>
  readonly outside: Outside
  /** Breaches seen on the way: which invariant, and what. */
  readonly breaches: readonly Breach[]
  readonly lives: number
  readonly powerLoss: boolean
  /** Batches that the first handle took. */
  readonly batches: number
}

export interface Breach {
  readonly invariant: string
  readonly message: string
}

interface Acknowledged {
  readonly to: Named
  readonly seqNr: number
  readonly outcome: string
}

/** What the end of a system looks like to whoever waits for it. */
const ENDINGS = ['COMMIT_FAILED', 'SYSTEM_STOPPED', 'STORE_CLOSED'] as const
const MAX_LIVES = 20
/** Of real time. A run takes some 50 ms. */
const DEADLINE_MS = 15_000
const TICK_MS = 20
const MAX_TICKS = 2_000
const PATIENT_TICKS = 100
const STOP_DEADLINE_MS = 10_000

class Crashed extends Error {}

/** Never rejects, and ends in bounded time: that something waits for ever is a breach too. */
export async function runOrdeal(options: OrdealOptions): Promise<OrdealResult> {
  const ordeal = new Ordeal(options)
  const watchdog = new AbortController()
  const stuck = pause(DEADLINE_MS, undefined, { signal: watchdog.signal, ref: false }).then(
    () => ordeal.stuck(),
    () => ordeal.stuck(),
  )
  try {
    return await Promise.race([ordeal.run(), stuck])
  } finally {
    watchdog.abort()
  }
}

class Ordeal {
  readonly #outside = new Outside()
  readonly #clock: SimulatedClock = simulatedClock({ now: 1_000_000 })
  readonly #logic = societyLogic(this.#outside, this.#clock)
  readonly #breaches: Breach[] = []
  readonly #acknowledged = new Map<string, Acknowledged>()
  readonly #spawned = new Set<string>()
  readonly #relayed = new Set<string>()
  #store: FaultStore
  #system: SocietySystem | undefined
  #isCrashed = false
  /** What the driver waits for. */
  #doing = 'nothing'
  #batches = 0

  constructor(private readonly options: OrdealOptions) {
    this.#store = faultStore({ random: seededRandom(options.seed ?? 0) })
  }

  async run(): Promise<OrdealResult> {
    const { rounds } = this.options
    let next = 0
    while (next < rounds.length && this.#outside.life < MAX_LIVES) {
      try {
        if (this.#system === undefined) await this.#open(rounds.slice(0, next))
        await this.#play(rounds[next] as Round)
        next++
      } catch (error) {
        await this.#bury(error)
      }
    }
    return this.#result(await this.#finish(next === rounds.length))
  }

  stuck(): OrdealResult {
    this.#breach('progress', `nothing happens any more: ${this.#doing}`)
    return this.#result({})
  }

  #result(state: Record<string, unknown>): OrdealResult {
    const { life: lives } = this.#outside
    const { powerLoss = false } = this.options
    return { state, outside: this.#outside, breaches: [...this.#breaches], lives, powerLoss, batches: this.#batches }
  }

  async #finish(isThrough: boolean): Promise<Record<string, unknown>> {
    const system = this.#system
    if (!isThrough || system === undefined) {
      this.#breach('progress', `the script did not end within ${MAX_LIVES} lives`)
      return {}
    }
    const state = await describeState(system)
    for (const fault of faultsInCut(await readAccounts(system), START_BALANCE, true)) this.#breach('I3', fault)
    for (const fault of await faultsInJournals(system)) this.#breach('I1', fault)
    const left = await leftovers(this.#store)
    if (left.length > 0) this.#breach('I1', `a settled store still holds ${left.join(', ')}`)
    for (const complaint of this.#outside.complaints) this.#breach('I6', complaint)
    if (this.#outside.life === 1) this.#batches = this.#store.written.batches
    await this.#close(system)
    return state
  }

  // --- lives ---

  async #open(played: readonly Round[]): Promise<void> {
    const outside = this.#outside
    if (outside.life > 0) this.#store = this.#store.reopen()
    const crash = this.options.crashes[outside.life++]
    const store = this.#store
    const { powerLoss = false, wrap = (each) => each } = this.options
    if (crash !== undefined) store.crashAtBatch(crash.batch, crash.when, { powerLoss })
    this.#isCrashed = false
    void store.crashed.then(() => {
      if (this.#store === store) this.#isCrashed = true
    })
    this.#doing = 'opening'
    const system = await createSystem({ name: 'ordeal', store: wrap(store), logic: this.#logic, clock: this.#clock })
    this.#system = system
    system.on((event) => {
      if (event.type === 'outcomeUnknown') outside.unknown.add(event.effectId)
      // Also one that is mended: nobody here may fail.
      if (event.type === 'actorFailed' || event.type === 'childFailed')
        this.#breach('failure', `${event.path} failed: ${String(event.error)}`)
      if (event.type === 'actorQuarantined')
        this.#breach('failure', `${event.path} is quarantined: ${event.error.message}`)
    })
    this.#doing = 'examining'
    await this.#examine(system)
    // No rest in between: what waits for a later round to end it may be running.
    for (const round of played) await this.#ask(round)
  }

  /** The system has ended, or its store is about to end it: which is no breach if the store had crashed. */
  async #bury(error: unknown): Promise<void> {
    const isEnding = error instanceof Crashed || ENDINGS.some((code) => isRosciusError(error, code))
    if (!isEnding || !this.#isCrashed) {
      this.#breach('error', error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
    // A system that could not be opened has closed its store itself.
    if (!this.#isCrashed && this.#system !== undefined) this.#store.crash()
    if (this.#system !== undefined) await this.#close(this.#system)
    this.#system = undefined
  }

  /** Takes the hooks of a system from the process; a crashed store can't be closed. */
  async #close(system: SocietySystem): Promise<void> {
    this.#doing = 'closing'
    let isOver = false
    const stopped = system
      .stop()
      .catch(() => undefined)
      .finally(() => {
        isOver = true
      })
    // A system that does not know that its store has crashed waits for the deadline of its stop.
    for (let ticks = 0; !isOver; ticks++) await this.#clock.advance(ticks < PATIENT_TICKS ? 0 : STOP_DEADLINE_MS)
    await stopped
  }

  #breach(invariant: string, message: string): void {
    this.#breaches.push({ invariant, message: `life ${this.#outside.life}: ${message}` })
  }

  // --- driving ---

  get #current(): SocietySystem {
    if (this.#system === undefined || this.#isCrashed) throw new Crashed()
    return this.#system
  }

  async #play(round: Round): Promise<void> {
    await this.#ask(round)
    await this.#settle()
  }

  async #ask(round: Round): Promise<void> {
    this.#doing = `asking ${JSON.stringify(round)}`
    const results = await Promise.allSettled(round.map((step) => this.#take(step)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'spawn':
        return this.#spawn(step.who, step.input)
      case 'deliver':
        return this.#deliver(step)
      case 'relay':
        return this.#relay(step.label)
      case 'wait':
        return this.#wait(step.ms)
    }
  }

  async #spawn({ logic, id }: Named, input: Readonly<Record<string, unknown>>): Promise<void> {
    const options = { id, input: this.#resolve(input), ifExists: 'use' } as never
    await this.#current.spawn(logic, options)
    if (!isRelaxed(logic)) this.#spawned.add(id)
  }

  async #deliver({ to, key, event }: Step & { readonly kind: 'deliver' }): Promise<void> {
    const ref = this.#current.actor(to.logic, to.id)
    const { seqNr, outcome } = await ref.deliver(this.#resolve(event) as never, { idempotencyKey: key })
    const former = this.#acknowledged.get(key)
    this.#acknowledged.set(key, { to, seqNr, outcome })
    if (former === undefined || this.#mayForget(to)) return
    if (former.seqNr === seqNr && former.outcome === outcome) return
    this.#breach('I3', `${to.id} answered ${key} with ${former.outcome} ${former.seqNr}, then ${outcome} ${seqNr}`)
  }

  async #relay(label: string): Promise<void> {
    if (this.#relayed.has(label)) return
    const system = this.#current
    await system.spawn('relay', { id: RELAY.id, ifExists: 'use' })
    const to = system.actor('tally', TALLY.id)
    await system.actor('relay', RELAY.id).ask((replyTo) => ({ type: 'RELAY', label, to, replyTo }) as never)
    this.#relayed.add(label)
  }

  async #wait(ms: number): Promise<void> {
    for (let waited = 0; waited < ms; waited += TICK_MS) {
      await this.#clock.advance(TICK_MS)
      await this.#settle()
    }
  }

  /** Effects wait for the clock, so it moves on until they are through. */
  async #settle(): Promise<void> {
    this.#doing = 'settling'
    let isSettled = false
    const settled = this.#current.settled().finally(() => {
      isSettled = true
    })
    for (let ticks = 0; !isSettled && !this.#isCrashed; ticks++) {
      await this.#clock.advance(ticks === 0 ? 0 : TICK_MS)
      if (ticks > MAX_TICKS) throw new Error('the society does not come to rest')
    }
    if (!this.#isCrashed) await settled
    if (this.#isCrashed) throw new Crashed()
  }

  /** Puts refs in the place of names, and the time in that of `now`. */
  #resolve<T extends Readonly<Record<string, unknown>>>(fields: T): T {
    const entries = Object.entries(fields).map(([field, value]) => {
      if (field === 'at' && value === 'now') return [field, this.#clock.now()]
      return [field, isNamed(value) ? this.#current.actor(value.logic, value.id) : value]
    })
    return Object.fromEntries(entries) as EventObject & T
  }

  // --- examining what a crash left ---

  #mayForget({ logic }: Named): boolean {
    return this.options.powerLoss === true && isRelaxed(logic)
  }

  async #examine(system: SocietySystem): Promise<void> {
    for (const fault of faultsInCut(await readAccounts(system), START_BALANCE)) this.#breach('I1', fault)
    const ends = new Map<string, number>()
    for await (const { path, seqNr } of system.actors()) ends.set(path, seqNr)
    for (const id of this.#spawned)
      if (!ends.has(id)) this.#breach('I2', `${id}, whose start was acknowledged, is gone`)
    await this.#examineAcknowledged(system)
    await this.#examineDeeds(system)
  }

  async #examineAcknowledged(system: SocietySystem): Promise<void> {
    for (const [id, expected] of this.#acknowledgedByActor()) {
      const found = new Map<string, number>()
      for await (const { key, seqNr } of system.actor(expected[0]!.to.logic, id).journal()) {
        if (key !== undefined) found.set(key, seqNr)
      }
      for (const { key, seqNr } of expected) {
        if (found.get(key) === seqNr) continue
        this.#breach('I2', `${id} had acknowledged ${key} as ${seqNr}, its journal says ${found.get(key)}`)
      }
    }
  }

  #acknowledgedByActor(): Map<string, (Acknowledged & { readonly key: string })[]> {
    const byActor = new Map<string, (Acknowledged & { readonly key: string })[]>()
    for (const [key, delivery] of this.#acknowledged) {
      if (this.#mayForget(delivery.to)) continue
      byActor.set(delivery.to.id, [...(byActor.get(delivery.to.id) ?? []), { key, ...delivery }])
    }
    return byActor
  }

  /** An action's id names the record it came from: what was done must have been recorded. */
  async #examineDeeds(system: SocietySystem): Promise<void> {
    const causes = new Map<string, number>()
    for (const { effectId } of this.#outside.deeds) {
      const [, path, seqNr] = /^([^#@]+)@(\d+)\./.exec(effectId) ?? []
      if (path !== undefined) causes.set(path, Math.max(causes.get(path) ?? 0, Number(seqNr)))
    }
    for (const [path, seqNr] of causes) {
      const logic = this.#logicOf(path)
      if (logic === undefined || this.#mayForget({ logic, id: path })) continue
      let last = 0
      for await (const record of system.actor(logic, path).journal()) last = record.seqNr
      if (last < seqNr) this.#breach('I2', `${path} acted for record ${seqNr}, its journal ends at ${last}`)
    }
  }

  #logicOf(path: string): Named['logic'] | undefined {
    for (const round of this.options.rounds) {
      for (const step of round) if (step.kind === 'spawn' && step.who.id === path) return step.who.logic
    }
    return undefined
  }
}

function isNamed(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && 'logic' in value && 'id' in value && !('address' in value)
}
