/**
 * Tasks for other agents: each is given to a new actor under a supervisor, and its output is the answer.
 *
 * 1. A task has one actor, whatever crashes: the actor is named after the effect that hands the task over, and so after no
 *    other: not of an earlier life of the same path, not of another agent in the same cell.
 * 2. Who delegates and is stopped, cancels what it has delegated.
 * 3. The actor stands under its supervisor, whose budgets and permissions bind it.
 */
import { type AnyActorLogic, fromPromise, type PromiseActorLogic } from 'xstate'
import type { DelegateAnswer, Task } from '../machines/index.js'
import {
  type CurrentEffect,
  currentEffect,
  isRosciusError,
  RosciusError,
  type RosciusRef,
  type SupervisorRef,
  startChild,
} from '../src/index.js'

/** Where the agents of one kind are started. */
export interface Peer {
  /** The path of a supervisor with a `template`, such as `team/workers`. */
  readonly supervisor: string
  /** The input of the actor. Default: that of an agent, `{ goal: task, depth }`. */
  readonly input?: (task: Task) => unknown
}

/**
 * The `delegate` of an agent that has others to give tasks to, by their names. Fails with `ACTOR_NOT_FOUND` for a peer that
 * isn't one, with `NOT_IN_SYSTEM` outside a system, and with whatever the actor fails with.
 *
 * @example
 * ```ts
 * import { defineAgent, delegateTo, fromRules } from 'roscius/actors'
 *
 * const brain = fromRules([
 *   { when: { observed: 'peer' }, decide: { event: { type: 'FINISH' }, reason: 'it is done' } },
 *   { decide: { event: { type: 'DELEGATE', to: 'worker', task: 'count the bees' }, reason: 'not my job' } },
 * ])
 * const peers = { worker: { supervisor: 'team/workers' } }
 * export const boss = defineAgent({ goal: 'the bees', brain, peers: ['worker'], delegate: delegateTo(peers) })
 * ```
 */
export function delegateTo(peers: Readonly<Record<string, Peer>>): PromiseActorLogic<DelegateAnswer, Task> {
  return fromPromise<DelegateAnswer, Task>(async ({ input: task, signal, self }) => {
    const effect = currentEffect()
    if (effect === undefined) throw new RosciusError('NOT_IN_SYSTEM', 'delegateTo works in a Roscius system only.')
    const peer = Object.hasOwn(peers, task.to) ? peers[task.to] : undefined
    if (peer === undefined) throw unknownPeer(task.to, peers)
    const { supervisor, input = asGoal } = peer
    const id = idFor(task, effect)
    const ref = effect.actor(`${supervisor}/${id}`)
    const cancel = (): void => {
      ref.cancel({ reason: 'Nobody waits for it any more.' }).catch(() => undefined)
    }
    const leave = (): void => {
      // Stopped by its statechart. Otherwise it comes back to the task, unless it is ending; a system that stops refuses both.
      if (self.getSnapshot().status === 'stopped') cancel()
      else effect.actor(effect.path).result().then(cancel, cancel)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      if (!isThere(ref)) await startOnce(effect.actor(supervisor) as unknown as SupervisorRef, id, input(task))
      // While it was being started there was nobody to cancel.
      if (signal.aborted) leave()
      return { status: 'done', output: await ref.result() }
    } finally {
      signal.removeEventListener('abort', leave)
    }
  })
}

/** The end of an effect id is the life of the actor and a number within it: the store has it once. The rest is for people. */
function idFor({ id }: Task, { path, effectId }: CurrentEffect): string {
  const [who, unique] = [path.slice(path.lastIndexOf('/') + 1), effectId.slice(effectId.lastIndexOf('#') + 1)]
  return `${who.slice(0, NAME_CHARS)}-${id.slice(0, NAME_CHARS)}-${unique}`
}

const NAME_CHARS = 100

function asGoal({ task, depth }: Task): unknown {
  return { goal: task, depth }
}

/** After a crash it may be at work, or have ended. */
function isThere(ref: RosciusRef<AnyActorLogic>): boolean {
  try {
    ref.getSnapshot()
    return true
  } catch (error) {
    if (isRosciusError(error, 'ACTOR_NOT_FOUND')) return false
    throw error
  }
}

/** A start that was ordered before a crash may be carried out meanwhile. */
async function startOnce(supervisor: SupervisorRef, id: string, input: unknown): Promise<void> {
  try {
    await startChild(supervisor, { id, input })
  } catch (error) {
    if (!isRosciusError(error, 'ACTOR_EXISTS')) throw error
  }
}

function unknownPeer(name: string, peers: object): RosciusError {
  const known = Object.keys(peers).join(', ')
  return new RosciusError('ACTOR_NOT_FOUND', `There is no peer ${name}; there are: ${known}.`, { address: name })
}
