/** Plain actors whose snapshots are written by hand after each event: the steps, the crash, and the history. */
import { appendFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Actor, type AnyStateMachine, createActor, type SnapshotFrom } from 'xstate'
import type { Opened } from '../site.js'
import { agent, historian } from '../statecharts.js'
import { type CrashService, effectsIn } from '../works/crash.js'
import { type GrowingService, growth } from '../works/growing.js'
import { loading, type StepService } from '../works/step.js'
import { Files, type Writing } from './files.js'

interface OpenedByHand extends Opened {
  readonly writing?: Writing
}

export async function openSteps({ folder, writing }: OpenedByHand): Promise<StepService> {
  const actors = await openActors(folder, agent, writing)
  const { load } = loading(async (n, message) => (await actors.step(`agent-${n}`, message)).context.count)
  return {
    calls: {
      load(wanted) {
        actors.files.isAlone = wanted.agents === 1
        return load(wanted)
      },
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** What is sent again is handled again. */
export async function openCrash({ folder, writing }: OpenedByHand): Promise<CrashService> {
  const actors = await openActors(folder, agent, writing)
  return {
    calls: {
      async step({ agent: n, message }) {
        const { context } = await actors.step(`agent-${n}`, message)
        appendFileSync(effectsIn(folder), `${message}\n`)
        return context.count
      },
      state: async (n) => (await actors.of(`agent-${n}`)).getSnapshot().context,
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

export async function openGrowing({ folder }: Opened): Promise<GrowingService> {
  const actors = await openActors(folder, historian)
  actors.files.isAlone = true
  const lengthOf = ({ context }: SnapshotFrom<typeof historian>): number => context.history.length
  return {
    calls: {
      grow: (steps) => growth(steps, async (message) => lengthOf(await actors.step('historian', message))),
      length: async () => lengthOf((await actors.of('historian')).getSnapshot()),
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function openActors<TMachine extends AnyStateMachine>(folder: string, machine: TMachine, writing?: Writing) {
  const path = join(folder, 'actors')
  await mkdir(path, { recursive: true })
  const files = new Files(path, writing)
  const actors = new Map<string, Promise<Actor<TMachine>>>()
  const of = (id: string): Promise<Actor<TMachine>> => {
    const actor = actors.get(id) ?? started(id)
    actors.set(id, actor)
    return actor
  }
  /** From its file, if it has one. */
  const started = async (id: string): Promise<Actor<TMachine>> => {
    const snapshot = (await files.read(id)) as ReturnType<Actor<TMachine>['getPersistedSnapshot']> | undefined
    return createActor(machine as AnyStateMachine, { snapshot }).start() as Actor<TMachine>
  }
  /** Handles a message; resolves with the state once that is on the disk. */
  const step = async (id: string, message: string): Promise<SnapshotFrom<TMachine>> => {
    const actor = await of(id)
    actor.send({ type: 'MESSAGE', message } as Parameters<typeof actor.send>[0])
    await files.write(id, actor.getPersistedSnapshot())
    return actor.getSnapshot()
  }
  return { files, of, step }
}
