/**
 * One trial: a tree that grows, a script that is played on it, crashes in between, and the quiet afterwards.
 *
 * 1. The same plan gives the same trial: time is simulated, chance is seeded.
 * 2. What was not answered before a crash is told again after it, in the same order and with the same key.
 * 3. A trial never throws and always ends: that something waits for ever is said in its record.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type ActorNode, isRosciusError, type LogicTable, type System } from 'roscius'
import { faultStore, seededRandom } from 'roscius/testing'
import { readStoredTree } from '../../../src/cli/stored/stored-tree.js'
import { World } from '../../support/world.js'
import type { leafMachine } from './leaf.js'
import { Outside } from './outside.js'
import { logicOf } from './plant.js'
import type { Resting, Telling, TrialRecord } from './record.js'
import type { Step } from './script.js'
import type { Branch } from './tree.js'

/** When a process crashes: at a batch of its store, or before a step of the script. */
export type Crash = { readonly batch: number; readonly when: 'before' | 'after' } | { readonly step: number }

export interface TrialPlan {
  readonly seed: number
  readonly root: Branch
  readonly steps: readonly Step[]
  /** The crash of each process in turn; processes after the last don't crash. */
  readonly crashes: readonly Crash[]
  readonly powerLoss: boolean
}

type Leaves = { readonly leaf: ReturnType<typeof leafMachine> }

/** Longer than any wait of supervision. */
const QUIET_MS = 600_000
const STOP_DEADLINE_MS = 10_000
const PATIENT_ROUNDS = 100
/** Rounds of the event loop after each move of the clock: all that needs no time is through by then. */
const ROUNDS_AT_REST = 20
/** Of real time. A trial takes some 100 ms. */
const DEADLINE_MS = 10_000
/** What whoever waits for a system is told that ends. */
const INTERRUPTED = ['COMMIT_FAILED', 'SYSTEM_STOPPED', 'STORE_CLOSED', 'STORE_FAILED'] as const

class Crashed extends Error {}

export async function runTrial(plan: TrialPlan): Promise<TrialRecord> {
  const trial = new Trial(plan)
  const watchdog = new AbortController()
  const late = pause(DEADLINE_MS, undefined, { signal: watchdog.signal, ref: false }).then(
    () => trial.stuck('nothing happens any more'),
    () => trial.stuck('over'),
  )
  try {
    return await Promise.race([trial.run(), late])
  } finally {
    watchdog.abort()
  }
}

class Trial {
  readonly #world: World<LogicTable>
  readonly #outside: Outside
  readonly #tellings: Telling[] = []
  #lives = 0
  #isOpen = false
  #isCrashed = false
  #isPlanted = false
  #doing = ''

  constructor(private readonly plan: TrialPlan) {
    const random = seededRandom(`chance ${plan.seed}`)
    this.#world = new World<LogicTable>({}, { random, onRootFailure: () => undefined })
    this.#world.store = faultStore({ random: seededRandom(`disk ${plan.seed}`) })
    this.#outside = new Outside(this.#world.clock)
  }

  async run(): Promise<TrialRecord> {
    try {
      await this.#overCrashes(async () => undefined)
      for (const [index, step] of this.plan.steps.entries()) {
        await this.#crashIfPlanned(index)
        if (step.kind === 'tell') this.#tell(step)
        else if (step.kind === 'order') await this.#overCrashes(() => this.#order(step))
        else await this.#overCrashes(() => this.#wait(step.ms, 1))
      }
      await this.#overCrashes(() => this.#wait(QUIET_MS))
      const end = await this.#atRest()
      // What its stop ends is no longer part of the trial.
      this.#outside.nextLife()
      await this.#closing(this.#world.stop())
      return this.#record(end)
    } catch (error) {
      return this.stuck(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }

  stuck(why: string): TrialRecord {
    return this.#record(new Map(), `${why} (${this.#doing})`)
  }

  #record(end: TrialRecord['end'], stuck?: string): TrialRecord {
    const { root, powerLoss } = this.plan
    return { root, log: this.#outside.log, tellings: this.#tellings, end, crashes: this.#lives - 1, powerLoss, stuck }
  }

  // --- processes ---

  /** Does it in a process that lives to its end: as often as it takes. */
  async #overCrashes(act: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        if (!this.#isOpen) await this.#open()
        await act()
        if (!this.#isCrashed) return
      } catch (error) {
        if (!this.#isCrashed) throw error
      }
      await this.#bury()
    }
  }

  async #open(): Promise<void> {
    this.#doing = 'opening'
    const { crashes, powerLoss, root } = this.plan
    const { store, clock } = this.#world
    const crash = crashes[this.#lives++]
    if (this.#lives > 1) this.#outside.see({ kind: 'reopened', stored: await this.#stored() })
    if (crash !== undefined && 'batch' in crash) store.crashAtBatch(crash.batch, crash.when, { powerLoss })
    void store.crashed.then(() => this.#crashed())
    const witness = this.#outside.nextLife()
    const system = await this.#world.open(logicOf(root, witness, clock))
    this.#isOpen = true
    system.on((event) => witness.see({ kind: 'told', event }))
    await this.#plantRoot(system)
    for (const telling of this.#tellings) if (telling.answer === undefined) void this.#deliver(telling)
    await this.#wait(0, 3)
  }

  #crashed(): void {
    this.#isCrashed = true
    this.#outside.crash()
  }

  async #stored(): Promise<ReadonlyMap<string, Pick<Resting, 'status' | 'value'>>> {
    const { store } = this.#world
    const { children } = await readStoredTree('tree', store, store)
    return new Map(flat(children).map(({ path, status, value }) => [path, { status, value }]))
  }

  async #plantRoot(system: System<LogicTable>): Promise<void> {
    if (!this.#isPlanted) await system.spawn('root', { id: 'root', ifExists: 'use' } as never)
    this.#isPlanted = true
  }

  async #crashIfPlanned(index: number): Promise<void> {
    const { crashes, powerLoss } = this.plan
    const crash = crashes[this.#lives - 1]
    if (crash === undefined || !('step' in crash) || crash.step !== index) return
    if (this.#isOpen && !this.#isCrashed) this.#world.store.crash({ powerLoss })
    await this.#overCrashes(async () => undefined)
  }

  async #bury(): Promise<void> {
    this.#doing = 'burying'
    await this.#closing(this.#world.crash())
    this.#isOpen = false
    this.#isCrashed = false
  }

  /** A system that does not know that its store has crashed waits for the deadline of its stop. */
  async #closing(closed: Promise<void>): Promise<void> {
    let isOver = false
    const over = closed.finally(() => {
      isOver = true
    })
    const { clock } = this.#world
    for (let rounds = 0; !isOver; rounds++) await clock.advance(rounds < PATIENT_ROUNDS ? 0 : STOP_DEADLINE_MS)
    await over
  }

  // --- the script ---

  #tell({ path, event, fails, to }: Step & { readonly kind: 'tell' }): void {
    const { type, n } = event
    const fault = { FLAKY: 'event', TIMER: 'timer', CALL: 'call', ACT: 'act' }[type as string]
    if (fault !== undefined) this.#outside.failNext(`${fault} ${n}`, fails)
    const telling: Telling = { path, event, to, answer: undefined }
    this.#tellings.push(telling)
    if (this.#isOpen) void this.#deliver(telling)
  }

  async #deliver(telling: Telling): Promise<void> {
    const { path, event, to } = telling
    const system = this.#world.system as System<Leaves>
    const given = to === undefined ? event : { ...event, to: system.actor('leaf', to) }
    try {
      const { outcome } = await system.actor('leaf', path).deliver(given as never, { idempotencyKey: `${event.n}` })
      telling.answer = outcome
    } catch (error) {
      if (INTERRUPTED.some((code) => isRosciusError(error, code))) return
      telling.answer = isRosciusError(error) ? error.code : String(error)
    }
  }

  /** Given again after a crash, until it is carried out; refused, it is forgotten. */
  async #order({ path, order }: Step & { readonly kind: 'order' }): Promise<void> {
    const given = (this.#world.system as System<Leaves>).actor('leaf', path)[order]()
    let isOver = false
    const over = given.then(
      () => true,
      (error) => !INTERRUPTED.some((code) => isRosciusError(error, code)),
    )
    void over.then(() => {
      isOver = true
    })
    this.#doing = `${order} ${path}`
    for (let round = 0; !isOver && round < PATIENT_ROUNDS; round++) await this.#wait(0, 1)
    if (isOver && !(await over)) throw new Crashed()
  }

  /** Time moves on, due time by due time, with rounds of the event loop after each. */
  async #wait(ms: number, rounds = ROUNDS_AT_REST): Promise<void> {
    const { clock } = this.#world
    this.#doing = `waiting for ${ms} ms`
    const end = clock.monotonic() + ms
    do {
      await clock.advance(Math.min(clock.nextInMs ?? ms, end - clock.monotonic()))
      for (let round = 0; round < rounds; round++) await clock.advance(0)
      if (this.#isCrashed) throw new Crashed()
    } while (clock.monotonic() < end)
  }

  // --- the end ---

  async #atRest(): Promise<ReadonlyMap<string, Resting>> {
    this.#doing = 'looking'
    const { children } = await this.#world.system.tree()
    return new Map(flat(children).map((node) => [node.path, this.#resting(node)]))
  }

  #resting({ path, isSupervisor, status, value, mailbox, stash }: ActorNode): Resting {
    const ref = (this.#world.system as System<Leaves>).actor('leaf', path)
    const got = !isSupervisor && status === 'active' ? ref.getSnapshot().context.got : undefined
    const error = status === 'failed' ? String(ref.failure()?.error) : undefined
    return { status, value, error, mailbox, stash, got }
  }
}

function flat(nodes: readonly ActorNode[]): readonly ActorNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)])
}
