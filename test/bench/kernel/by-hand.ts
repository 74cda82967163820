/**
 * The durable loop that an expert writes by hand on XState, classic-level and msgpackr: the baseline of the durable rows.
 *
 * A step sends the event, packs the persisted snapshot and joins the next group: one chained batch (twice as fast as an
 * array of operations), one sync, shared by all steps that are outstanding. A step is answered after its batch. It keeps
 * what Roscius keeps: state, event, and the idempotency key with its result.
 */
import { ClassicLevel } from 'classic-level'
import { Packr } from 'msgpackr'
import { type Actor, createActor } from 'xstate'
import { type AgentEvent, agent } from './work.js'

export interface HandAgent {
  readonly id: string
  readonly actor: Actor<typeof agent>
  readonly results: Map<string, number>
  seqNr: number
}

interface Pending {
  readonly stateKey: string
  readonly state: Uint8Array
  readonly recordKey: string
  readonly record: Uint8Array
  readonly done: () => void
}

/** The tuning that Roscius gives its own LevelDB: the baseline isn't to lose by its defaults. */
export const LEVEL_OPTIONS = {
  valueEncoding: 'view',
  writeBufferSize: 16 * 1_024 * 1_024,
  cacheSize: 32 * 1_024 * 1_024,
} as const

export class ByHand implements AsyncDisposable {
  readonly #packr = new Packr({ structures: [] })
  #waiting: Pending[] = []
  #isWriting = false

  private constructor(
    private readonly db: ClassicLevel<string, Uint8Array>,
    private readonly sync: boolean,
  ) {}

  static async open({ path, sync }: { readonly path: string; readonly sync: boolean }): Promise<ByHand> {
    const db = new ClassicLevel<string, Uint8Array>(path, LEVEL_OPTIONS)
    await db.open(LEVEL_OPTIONS)
    return new ByHand(db, sync)
  }

  start(id: string, notesKb: number): HandAgent {
    return { id, actor: createActor(agent, { input: { notesKb } }).start(), results: new Map(), seqNr: 0 }
  }

  /** Resolves with the step's number once its state, event and idempotency key are in the store. */
  async step(agent: HandAgent, event: AgentEvent, idempotencyKey: string): Promise<number> {
    const known = agent.results.get(idempotencyKey)
    if (known !== undefined) return known
    agent.actor.send(event)
    const seqNr = ++agent.seqNr
    agent.results.set(idempotencyKey, seqNr)
    const state = this.#packr.pack(agent.actor.getPersistedSnapshot())
    const record = this.#packr.pack({ event, idempotencyKey, time: Date.now() })
    await new Promise<void>((done) => {
      this.#waiting.push({
        stateKey: `s!${agent.id}`,
        state,
        recordKey: `j!${agent.id}!${padded(seqNr)}`,
        record,
        done,
      })
      if (!this.#isWriting) void this.#write()
    })
    return seqNr
  }

  async #write(): Promise<void> {
    this.#isWriting = true
    // The steps that the last group's answers set off join this one.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      const batch = this.db.batch()
      for (const { stateKey, state, recordKey, record } of group) batch.put(stateKey, state).put(recordKey, record)
      await batch.write({ sync: this.sync })
      for (const { done } of group) done()
      await Promise.resolve()
    }
    this.#isWriting = false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.close()
  }
}

function padded(seqNr: number): string {
  return String(seqNr).padStart(12, '0')
}
