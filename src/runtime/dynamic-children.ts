/**
 * Children that come and go while their supervisor runs. Each call is a command to the supervisor: it is part of its journal,
 * waits while the supervisor is busy with a start or a restart, and is durable when the promise resolves.
 */
import type { AnyActorLogic, EventObject, Subscription } from 'xstate'
import type { ReplyRef, RosciusRef } from '../core/actor-ref.js'
import { type ActorPath, childPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { ChildSpec } from '../supervision/child-spec.js'
import { givenFields } from '../supervision/supervisor-options.js'
import { ActorHandle } from './actor-handle.js'
import type { ChildCounts, ChildInfo } from './children.js'
import type { SupervisorLogic } from './supervisor.js'

/** A supervisor's ref. */
export type SupervisorRef = RosciusRef<SupervisorLogic>

/** A child to be added. Of a supervisor with a template only `id` and `input` are needed. */
export type NewChild<TLogic extends AnyActorLogic> = Omit<ChildSpec, 'logic'> & { readonly logic?: string | TLogic }

interface CommandOptions {
  /**
   * How long to wait until it is carried out, in ms; past it the call rejects with `ASK_TIMEOUT`, and the command is carried out
   * all the same. `Infinity`: without end. Default 60 000; of `terminateChild` what the child's `shutdownMs` allows, and that.
   */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 60_000

/**
 * Adds a child and starts it; resolves with its ref when that is durable. Its spec is kept with the supervisor: the child is
 * supervised like any other, also after a restart of the process. Rejects with `ACTOR_EXISTS`, `OPTIONS_INVALID`,
 * `LOGIC_NOT_FOUND`, or `ACTOR_FAILED` if its logic throws at once (nothing is kept then); as all these calls, with
 * `NOT_A_SUPERVISOR`, `ACTOR_NOT_FOUND` if there is no such supervisor, `ACTOR_STOPPED` if it is ending, `ASK_TIMEOUT`.
 */
export async function startChild<TLogic extends AnyActorLogic = AnyActorLogic>(
  supervisor: SupervisorRef,
  spec: NewChild<TLogic>,
  options?: CommandOptions,
): Promise<RosciusRef<TLogic>> {
  const { engine, path } = childrenOf(supervisor)
  const fields = givenFields(spec)
  const { logic } = fields
  const name = typeof logic === 'object' && logic !== null ? engine.rowOf(logic)?.name : logic
  if (logic !== undefined && name === undefined)
    throw new RosciusError(
      'LOGIC_NOT_FOUND',
      `startChild("${spec.id}"): its logic is not in the system's logic table; add it to createSystem({ logic }).`,
      { address: path },
    )
  const stored = name === undefined ? fields : { ...fields, logic: name }
  await command(supervisor, (replyTo) => ({ type: 'roscius.startChild', spec: stored, replyTo }), options)
  return engine.refAt(childPath(path, spec.id)) as unknown as RosciusRef<TLogic>
}

/**
 * Ends a child within its `shutdownMs` and keeps its spec, so that `restartChild` can start it again. Of a temporary one the
 * spec is gone: it is no child any more, and `ref.delete()` removes its records. Rejects with `ACTOR_NOT_FOUND`.
 */
export async function terminateChild(supervisor: SupervisorRef, id: string, options?: CommandOptions): Promise<void> {
  const { engine, path } = childrenOf(supervisor)
  const timeoutMs = options?.timeoutMs ?? TIMEOUT_MS + engine.children.endsWithinMs(path, id)
  await command(supervisor, (replyTo) => ({ type: 'roscius.terminateChild', id, replyTo }), { timeoutMs })
}

/** Starts a child that has ended. Rejects with `CHILD_RUNNING`, `ACTOR_NOT_FOUND`, or what its start threw. */
export function restartChild(supervisor: SupervisorRef, id: string, options?: CommandOptions): Promise<void> {
  return command(supervisor, (replyTo) => ({ type: 'roscius.restartChild', id, replyTo }), options)
}

/**
 * Removes a child that was added and has ended, with its spec and its records. Rejects with `CHILD_RUNNING`,
 * `CHILD_IN_DEFINITION` for one of the supervisor's list, `ACTOR_NOT_FOUND`.
 */
export function deleteChild(supervisor: SupervisorRef, id: string, options?: CommandOptions): Promise<void> {
  return command(supervisor, (replyTo) => ({ type: 'roscius.deleteChild', id, replyTo }), options)
}

/** How many children the supervisor has. Rejects with `ACTOR_NOT_FOUND`, `NOT_A_SUPERVISOR`. */
export async function countChildren(supervisor: SupervisorRef): Promise<ChildCounts> {
  const { engine, path } = childrenOf(supervisor)
  return await engine.children.count(path)
}

/** The supervisor's children in the order of their start. Rejects with `ACTOR_NOT_FOUND`, `NOT_A_SUPERVISOR`. */
export async function whichChildren(supervisor: SupervisorRef): Promise<ChildInfo[]> {
  const { engine, path } = childrenOf(supervisor)
  return await engine.children.which(path)
}

async function command(
  supervisor: SupervisorRef,
  build: (replyTo: ReplyRef) => EventObject,
  { timeoutMs = TIMEOUT_MS }: CommandOptions = {},
): Promise<void> {
  assertTimeout(timeoutMs)
  const handle = childrenOf(supervisor)
  const asked = handle.ask(build as never, { timeoutMs })
  const reply = (await (Number.isFinite(timeoutMs) ? asked : untilEnd(handle, asked))) as Reply
  if (reply.type === 'roscius.failed') throw reply.error
}

interface Reply extends EventObject {
  readonly error?: unknown
}

/** A wait without a deadline ends with the supervisor at the latest. */
async function untilEnd(handle: ActorHandle, asked: Promise<unknown>): Promise<unknown> {
  let subscription: Subscription | undefined
  const ended = new Promise<never>((_, reject) => {
    const isOver = (cause?: unknown): void => reject(endedMeanwhile(handle.path, cause))
    subscription = handle.subscribe({ error: isOver, complete: () => isOver() })
  })
  try {
    return await Promise.race([asked, ended])
  } finally {
    subscription?.unsubscribe()
  }
}

function endedMeanwhile(path: ActorPath, cause: unknown): RosciusError {
  const message = `${path} ended before it carried out the command.`
  return new RosciusError('ACTOR_STOPPED', message, { address: path, cause })
}

function assertTimeout(timeoutMs: unknown): void {
  if (typeof timeoutMs === 'number' && timeoutMs > 0) return
  throw new RosciusError('OPTIONS_INVALID', 'timeoutMs: must be a number of ms above 0, or Infinity', {
    details: { field: 'timeoutMs' },
  })
}

/** The handle of what is a supervisor. */
function childrenOf(supervisor: SupervisorRef): ActorHandle {
  const handle = handleOf(supervisor)
  handle.engine.children.assertSupervisor(handle.path)
  return handle
}

function handleOf(supervisor: SupervisorRef): ActorHandle {
  if (supervisor instanceof ActorHandle) return supervisor
  throw new RosciusError('NOT_IN_SYSTEM', 'This needs the ref of a supervisor in a Roscius system.')
}
