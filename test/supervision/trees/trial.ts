/**
 * One trial: a tree that grows, a script that is played on it, crashes in between, and the quiet afterwards.
 *
 * 1. The same plan gives the same trial: time is simulated, chance is seeded.
 * 2. What was not answered before a crash is told again after it, in the same order and with the same key.
 * 3. A trial never throws and always ends: that something waits for ever is said in its record.
 */
import { type ActorNode, isRosciusError, type LogicTable, type System, supervisor } from 'roscius'
import { faultStore, seededRandom } from 'roscius/testing'
import { readStoredTree } from '../../../src/cli/stored-tree.js'
import { World } from '../../support/world.js'
import { leafMachine } from './leaf.js'
import { Outside } from './outside.js'
import type { Resting, Status, Telling, TrialRecord } from './record.js'
import type { Step } from './script.js'
import { type Branch, branchesOf, type Twig } from './tree.js'

/** When a process crashes: at a batch of its store, or before a step of the script. */
export type Crash =
  | { readonly batch: number; readonly when: 'before' | 'after' }
  | { readonly step: number }

export interface TrialPlan {
  readonly seed: number
  readonly root: Branch
  readonly steps: readonly Step[]
  /** The crash of each process in turn; processes after the last don't crash. */
  readonly crashes: readonly Crash[]
  readonly powerLoss: boolean
}

type Leaves = { readonly leaf: ReturnType<typeof leafMachine> }

const QUIET_MS = 600_000
const STOP_DEADLINE_MS = 10_000
const MAX_HOPS = 20_000
const PATIENT_ROUNDS = 100
const INTERRUPTED = ['COMMIT_FAILED', 'SYSTEM_STOPPED', 'STORE_CLOSED', 'STORE_FAILED'] as const

class Crashed extends Error {}

export function runTrial(plan: TrialPlan): Promise<TrialRecord> {
  return new Trial(plan).run()
}

class Trial {
  readonly #world: World<LogicTable>
  readonly #outside: Outside
  readonly #tellings: Telling[] = []
  #lives = 0
  #hops = 0
  #isCrashed = false
  #isRooted = false

  constructor(private readonly plan: TrialPlan) {
    const random = seededRandom(`chance ${plan.seed}`)
    this.#world = new World<LogicTable>({}, { random, onRootFailure: () => undefined })
    this.#world.store = faultStore({ random: seededRandom(`disk ${plan.seed}`) })
    this.#outside = new Outside(this.#world.clock)
  }

  async run(): Promise<TrialRecord> {
    try {
      await this.#throughCrashes(() => this.#open())
      for (const [index, step] of this.plan.steps.entries()) {
        await this.#throughCrashes(() => this.#crashIfPlanned(index))
        await this.#throughCrashes(() => this.#take(step))
      }
      await this.#throughCrashes(() => this.#wait(QUIET_MS))
      const end = await this.#rest()
      await this.#close(this.#world.stop())
      return this.#record(end, undefined)
    } catch (error) {
      return this.#record(new Map(), error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
  }

  #record(end: ReadonlyMap<string, Resting>, stuck: string | undefined): TrialRecord {
    const { root, powerLoss } = this.plan
    return { root, log: this.#outside.log, tellings: this.#tellings, end, crashes: this.#lives - 1, powerLoss, stuck }
  }

  // --- lives ---

  async #throughCrashes(act: () => Promise<void>): Promise<void> {
    let todo = act
    for (;;) {
      try {
        await todo()
        if (!this.#isCrashed) return
      } catch (error) {
        if (!this.#isCrashed) throw error
      }
      const isAgain = todo === act && this.#lives > 1 && false
      if (!isAgain) todo = () => this.#open()
      await this.#bury()
    }
  }

  async #open(): Promise<void> {
    const { crashes, powerLoss } = this.plan
    const { store, clock } = this.#world
    const crash = crashes[this.#lives++]
    if (this.#lives > 1) this.#outside.see({ kind: 'reopened', statuses: await this.#stored() })
    if (crash !== undefined && 'batch' in crash) store.crashAtBatch(crash.batch, crash.when, { powerLoss })
    void store.crashed.then(() => {
      this.#isCrashed = true
      this.#outside.crash()
    })
    const witness = this.#outside.nextLife()
    const system = await this.#world.open(logicOf(this.plan.root, { leaf: leafMachine(witness, clock) }))
    system.on((event) => witness.see({ kind: 'told', event }))
    await this.#plantRoot(system)
    for (const telling of this.#tellings) if (telling.answer === undefined) this.#deliver(telling)
    await this.#wait(0)
  }
