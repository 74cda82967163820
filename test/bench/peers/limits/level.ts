/** The bytes of a durable step of Roscius, written to LevelDB by nothing else: one synced batch for all steps that wait. */
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { createSystem } from 'roscius'
import { LEVEL_OPTIONS } from '../../kernel/by-hand.js'
import { countingStore } from '../../kernel/systems.js'
import type { Opened } from '../site.js'
import { agent, type Count } from '../statecharts.js'
import { loading, messageOf, type StepService } from '../works/step.js'

export async function openSteps({ folder }: Opened): Promise<StepService> {
  const bytes = await bytesOfAStep(join(folder, 'counted'))
  const db = new ClassicLevel<string, Uint8Array>(join(folder, 'raw'), LEVEL_OPTIONS)
  await db.open(LEVEL_OPTIONS)
  const group = new Group(db, new Uint8Array(bytes).fill(0x61))
  const counts = new Map<number, number>()
  return {
    calls: loading(async (n) => {
      const count = (counts.get(n) ?? 0) + 1
      counts.set(n, count)
      await group.write(`${n}!${count}`)
      return count
    }),
    [Symbol.asyncDispose]: () => db.close(),
  }
}

/** Writes what waits as soon as the write before it is done. */
class Group {
  #waiting: { readonly key: string; done(): void; failed(error: unknown): void }[] = []
  #isWriting = false

  constructor(
    private readonly db: ClassicLevel<string, Uint8Array>,
    private readonly value: Uint8Array,
  ) {}

  write(key: string): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ key, done, failed })
      if (!this.#isWriting) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#isWriting = true
    // What the last answers set off joins this group.
    for (await null; this.#waiting.length > 0; await null) {
      const group = this.#waiting.splice(0)
      const batch = this.db.batch()
      for (const { key } of group) batch.put(key, this.value)
      try {
        await batch.write({ sync: true })
        for (const { done } of group) done()
      } catch (error) {
        for (const { failed } of group) failed(error)
      }
    }
    this.#isWriting = false
  }
}

const COUNTED = 200

/** What Roscius writes for one step, on the average. */
async function bytesOfAStep(path: string): Promise<number> {
  const store = await countingStore(path)
  await using system = await createSystem({ name: 'agents', store, logic: { agent }, development: false })
  const ref = await system.spawn('agent', { id: 'agent-0' })
  const before = store.bytes
  for (let n = 0; n < COUNTED; n++)
    await ref.ask<Count>((replyTo) => ({ type: 'QUESTION', message: messageOf(0, n), replyTo }))
  return Math.round((store.bytes - before) / COUNTED)
}
