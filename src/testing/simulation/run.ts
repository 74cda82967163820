/**
 * One run of a society, step by step: a step is one call of the clock or one act from outside, and all that it sets off.
 *
 * 1. All chance comes from the seed, in streams of their own (schedule, faults, kills, ids, setup), so that more of one kind
 *    changes nothing about the others.
 * 2. All time is the agenda's. Nothing waits for real time: a step is over when nothing more has happened for some rounds of
 *    the event loop. Whether that is really the end matters less than that it is the same end in every run: rounds,
 *    `nextTick`s and promises run in the same order everywhere, as long as nothing comes from outside the process.
 * 3. A kill takes the store away and the timers with it. What the dead process still does can be written nowhere.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import { isRosciusError, RosciusError } from '../../core/errors.js'
import type { Random } from '../../core/random.js'
import { createSystem, type System } from '../../create-system.js'
import type { Tool } from '../../governance/tools/tool.js'
import { type FaultStore, faultStore } from '../fault-store.js'
import { seededRandom } from '../seeded-random.js'
import { Agenda } from './agenda.js'
import {
  type CallFaults,
  drawMs,
  type FaultRates,
  faultRatesSchema,
  type ReadFaultRates,
  readRates,
} from './fault-rates.js'
import { type AskableBrain, type FaultyBrain, faultyBrain } from './faulty-brain.js'
import type { CallNote } from './faulty-call.js'
import { faultyTool } from './faulty-tool.js'
import type { SimulatedCall, SimulatedStep, Simulation, Society } from './society.js'
import { Trace } from './trace.js'

/** Rounds of the event loop without anything new, after which a step is over. */
const QUIET_ROUNDS = 4
/** Rounds after which a step counts as endless. */
const MAX_ROUNDS = 100_000
/** Kills in a row, without anything else in between, after which it is not worth another try. */
const MAX_KILLS_IN_A_ROW = 1_000
/** How long a killed process stays away, in ms. */
const DOWN_MS = [0, 5_000] as const
/** The start of every run: 2026-01-01. */
const START_MS = 1_767_225_600_000

export interface RunOptions {
  readonly seed: number | string
  readonly setup: (simulation: Simulation) => Society
  readonly faults?: FaultRates | undefined
  readonly steps?: readonly SimulatedStep[] | undefined
}

export class SocietyRun {
  readonly trace = new Trace(() => this.#agenda.monotonic())
  readonly simulation: Simulation
  readonly calls: SimulatedCall[] = []
  kills = 0
  readonly #agenda: Agenda
  readonly #rates: ReadFaultRates
  readonly #schedule: Random
  readonly #faults: Random
  readonly #killing: Random
  readonly #ids: Random
  readonly #steps: SimulatedStep[]
  readonly #society: Society
  #store: FaultStore
  #isDown = false
  #isStarted = false
  #system: System | undefined

  /** Throws `OPTIONS_INVALID` with the path of the field, and what the setup throws. */
  constructor({ seed, setup, faults, steps = [] }: RunOptions) {
    const stream = (name: string): Random => seededRandom(`${seed}/${name}`)
    this.#rates = readRates('simulate: faults', faultRatesSchema, faults)
    this.#schedule = stream('schedule')
    this.#faults = stream('faults')
    this.#killing = stream('kills')
    this.#ids = stream('ids')
    this.#agenda = new Agenda(this.#schedule, START_MS)
    this.#steps = [...steps].sort((one, other) => one.atMs - other.atMs)
    this.#store = faultStore({ random: this.#killing })
    this.simulation = this.#simulation(String(seed), stream('setup'))
    this.#society = setup(this.simulation)
  }

  get system(): System {
    return this.#system as System
  }

  get atMs(): number {
    return this.#agenda.monotonic()
  }

  /** When something happens next; undefined when nothing will. */
  get nextMs(): number | undefined {
    const times = [this.#agenda.nextDueMs, this.#steps[0]?.atMs].filter((time) => time !== undefined)
    return times.length === 0 ? undefined : Math.max(this.atMs, Math.min(...times))
  }

  async start(): Promise<void> {
    await this.#open()
    await this.#society.start?.(this.system)
    this.#isStarted = true
    this.#armKill()
    await this.rest()
  }

  /** The next thing happens, and all that it sets off. */
  async step(): Promise<void> {
    this.#agenda.moveTo(this.nextMs ?? 0)
    if (this.#isOutsiders()) this.#act(this.#steps.shift() as SimulatedStep)
    else this.#agenda.fireOne()
    await this.rest()
    for (let tries = 0; this.#isDown; tries++) {
      if (tries === MAX_KILLS_IN_A_ROW)
        throw new RosciusError('SIMULATION_FAILED', 'It is killed again and again before it is open.')
      await this.#reopen()
    }
  }

  /** Until nothing more happens without time. Throws `SIMULATION_FAILED` if that is never, or if the system ends. */
  async rest(): Promise<void> {
    let seen = this.#pulse()
    for (let quiet = 0, round = 0; quiet < QUIET_ROUNDS && !this.#isDown; quiet++, round++) {
      if (round > MAX_ROUNDS) throw new RosciusError('SIMULATION_FAILED', 'It does not come to rest.')
      await eventLoopRound()
      const now = this.#pulse()
      if (now !== seen) quiet = -1
      seen = now
    }
    if (!this.#isDown && !this.#isOpen())
      throw new RosciusError('SIMULATION_FAILED', 'The system has stopped by itself.')
  }

  async stop(): Promise<void> {
    const system = this.#system
    this.#system = undefined
    if (!this.#isDown && this.#isOpen()) this.#store.crash()
    await system?.stop().catch(() => undefined)
    this.#agenda.forget()
  }

  /** A system that stops closes its store. */
  #isOpen(): boolean {
    try {
      this.#store.get('meta')
      return true
    } catch {
      return false
    }
  }

  /** Changes when anything happens. */
  #pulse(): number {
    return this.#store.written.batches + this.#agenda.made + this.trace.lines.length
  }

  /** At the same time, chance decides whether the outside comes first. */
  #isOutsiders(): boolean {
    const due = this.#agenda.nextDueMs
    const isDue = this.#steps[0] !== undefined && this.#steps[0].atMs <= this.atMs
    return isDue && (due === undefined || due > this.atMs || this.#schedule.next() < 0.5)
  }

  #act({ name, act }: SimulatedStep): void {
    this.trace.add('step', name)
    const said = (end: string) => this.trace.add('step', `${name}: ${end}`)
    const outcome = (async () => act(this.system, this.simulation))()
    outcome.then(
      () => said('resolved'),
      (error: unknown) => said(`rejected ${isRosciusError(error) ? error.code : 'Error'}`),
    )
  }

  async #open(): Promise<void> {
    const { logic, options = {}, opened } = this.#society
    const store = this.#store
    store.crashed.then(() => {
      if (store === this.#store) this.#isDown = true
    })
    const world = { name: 'simulation', store, clock: this.#agenda, random: this.#ids, logger: () => undefined }
    const system: System = await createSystem({ development: true, ...options, ...world, logic })
    this.#system = system
    this.trace.add('opened', `incarnation=${system.incarnation}`)
    system.on((event) => {
      if (system === this.#system) this.trace.event(event)
    })
    opened?.(system)
  }

  async #reopen(): Promise<void> {
    this.kills++
    const dead = this.#system
    this.#system = undefined
    this.trace.add('killed', `batches=${this.#store.written.batches}`)
    await dead?.stop().catch(() => undefined)
    this.#agenda.forget()
    this.#agenda.moveTo(this.atMs + drawMs(DOWN_MS, this.#killing))
    this.#store = this.#store.reopen()
    this.#isDown = false
    this.#armKill()
    try {
      await this.#open()
      await this.rest()
    } catch (error) {
      if (!this.#isDown) throw error
    }
  }

  /** Chooses the batch at which this process will be killed, if it lives so long. */
  #armKill(): void {
    const { kill, powerLoss } = this.#rates
    if (kill === 0 || !this.#isStarted) return
    let batch = this.#store.written.batches + 1
    while (this.#killing.next() >= kill) batch++
    const when = this.#killing.next() < 0.5 ? 'before' : 'after'
    this.#store.crashAtBatch(batch, when, { powerLoss: this.#killing.next() < powerLoss })
  }

  #simulation(seed: string, random: Random): Simulation {
    const note = (call: CallNote): void => {
      this.trace.call(call)
      this.calls.push({ ...call, atMs: this.atMs })
    }
    const shared = { random: this.#faults, note }
    return {
      seed,
      random,
      clock: this.#agenda,
      calls: this.calls,
      note: (what) => this.trace.add('note', what),
      brain: (brain: AskableBrain, faults: CallFaults = {}): FaultyBrain =>
        faultyBrain(brain, { ...this.#rates.brain, ...faults, ...shared }),
      tool: <TTool extends Tool>(tool: TTool, faults: CallFaults = {}): TTool =>
        faultyTool(tool, { ...this.#rates.tool, ...faults, ...shared }) as TTool,
    }
  }
}
