/**
 * Plain actors asleep on a delayed transition, each kept in a file. XState forgets such a delay when it restores an actor, so
 * that a timer set by hand wakes those that were asleep when the process ended.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Actor, createActor } from 'xstate'
import { collectGarbage } from '../../harness/rounds.js'
import type { Opened } from '../site.js'
import { sleeper } from '../statecharts.js'
import type { SleepService } from '../works/sleep.js'
import { Files } from './files.js'

export async function openSleep({ folder }: Opened): Promise<SleepService> {
  const path = join(folder, 'actors')
  await mkdir(path, { recursive: true })
  const bedroom = new Bedroom(new Files(path))
  await bedroom.restore()
  return {
    calls: {
      async sleep({ from, count, dueAt }) {
        await Promise.all(Array.from({ length: count }, (_, n) => bedroom.add(`sleeper-${from + n}`, dueAt)))
      },
      woken: () => bedroom.woken,
      rest: collectGarbage,
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

class Bedroom {
  readonly #actors = new Map<string, Actor<typeof sleeper>>()
  readonly woken = { count: 0, lastAt: 0 }

  constructor(private readonly files: Files) {}

  async add(id: string, dueAt: number): Promise<void> {
    const actor = this.#start(id, createActor(sleeper, { input: { dueAt } }))
    await this.files.write(id, actor.getPersistedSnapshot())
  }

  async restore(): Promise<void> {
    const ids = await this.files.ids()
    for (let n = 0; n < ids.length; n += AT_ONCE)
      await Promise.all(ids.slice(n, n + AT_ONCE).map((id) => this.#restoreOne(id)))
  }

  async #restoreOne(id: string): Promise<void> {
    const snapshot = (await this.files.read(id)) as ReturnType<Actor<typeof sleeper>['getPersistedSnapshot']>
    const actor = this.#start(id, createActor(sleeper, { snapshot, input: { dueAt: 0 } }))
    const { value, context } = actor.getSnapshot()
    if (value === 'asleep') setTimeout(() => actor.send({ type: 'WAKE' }), Math.max(0, context.dueAt - Date.now()))
  }

  #start(id: string, actor: Actor<typeof sleeper>): Actor<typeof sleeper> {
    this.#actors.set(id, actor)
    actor.start().subscribe(({ value }) => {
      if (value === 'awake') void this.#keepWoken(id, actor)
    })
    return actor
  }

  async #keepWoken(id: string, actor: Actor<typeof sleeper>): Promise<void> {
    await this.files.write(id, actor.getPersistedSnapshot())
    this.woken.count++
    this.woken.lastAt = Date.now()
  }
}

/** Files that are open at the same time. */
const AT_ONCE = 1_000
