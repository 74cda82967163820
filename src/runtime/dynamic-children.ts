/**
 * Children that come and go while their supervisor runs. Each call is a command to the supervisor: it is part of its journal,
 * waits while the supervisor is busy with a start or a restart, and is durable when the promise resolves.
 */
import type { AnyActorLogic, EventObject } from 'xstate'
import type { ReplyRef, RosciusRef } from '../core/actor-ref.js'
import { childPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { ChildSpec } from '../supervision/child-spec.js'
import { ActorHandle } from './actor-handle.js'
import type { ChildCounts, ChildInfo } from './children.js'
import type { SupervisorLogic } from './supervisor.js'

/** A supervisor's ref. */
export type SupervisorRef = RosciusRef<SupervisorLogic>

/** A child to be added. Of a supervisor with a template only `id` and `input` are needed. */
export type NewChild<TLogic extends AnyActorLogic> = Omit<ChildSpec, 'logic'> & { readonly logic?: string | TLogic }

/** Shutting down a child may take as long as its spec says. */
const TIMEOUT_MS = 60_000

/**
 * Adds a child and starts it; resolves with its ref when that is durable. Its spec is kept with the supervisor: the child is
 * supervised like any other, also after a restart of the process. Rejects with `ACTOR_EXISTS`, `OPTIONS_INVALID`,
 * `LOGIC_NOT_FOUND`, or `ACTOR_FAILED` if its logic throws at once (nothing is kept then).
 */
export async function startChild<TLogic extends AnyActorLogic = AnyActorLogic>(
  supervisor: SupervisorRef,
  spec: NewChild<TLogic>,
): Promise<RosciusRef<TLogic>> {
  const { engine, path } = handleOf(supervisor)
  const { logic } = spec
  const name = typeof logic === 'object' ? engine.rowOf(logic)?.name : logic
  if (logic !== undefined && name === undefined)
    throw new RosciusError(
      'LOGIC_NOT_FOUND',
      `startChild("${spec.id}"): its logic is not in the system's logic table; add it to createSystem({ logic }).`,
      { address: path },
    )
  const stored = name === undefined ? spec : { ...spec, logic: name }
  await command(supervisor, (replyTo) => ({ type: 'roscius.startChild', spec: stored, replyTo }))
  return engine.refAt(childPath(path, spec.id)) as unknown as RosciusRef<TLogic>
}

/**
 * Ends a child within its `shutdownMs` and keeps its spec, so that `restartChild` can start it again; a temporary one is gone.
 * Rejects with `ACTOR_NOT_FOUND`.
 */
export function terminateChild(supervisor: SupervisorRef, id: string): Promise<void> {
  return command(supervisor, (replyTo) => ({ type: 'roscius.terminateChild', id, replyTo }))
}

/** Starts a child that has ended. Rejects with `CHILD_RUNNING`, `ACTOR_NOT_FOUND`, or what its start threw. */
export function restartChild(supervisor: SupervisorRef, id: string): Promise<void> {
  return command(supervisor, (replyTo) => ({ type: 'roscius.restartChild', id, replyTo }))
}

/** Removes a child that has ended, with its spec and its records. Rejects with `CHILD_RUNNING`, `ACTOR_NOT_FOUND`. */
export function deleteChild(supervisor: SupervisorRef, id: string): Promise<void> {
  return command(supervisor, (replyTo) => ({ type: 'roscius.deleteChild', id, replyTo }))
}

/** How many children the supervisor has. */
export function countChildren(supervisor: SupervisorRef): Promise<ChildCounts> {
  const { engine, path } = handleOf(supervisor)
  return engine.children.count(path)
}

/** The supervisor's children in the order of their start. */
export function whichChildren(supervisor: SupervisorRef): Promise<ChildInfo[]> {
  const { engine, path } = handleOf(supervisor)
  return engine.children.which(path)
}

async function command(supervisor: SupervisorRef, build: (replyTo: ReplyRef) => EventObject): Promise<void> {
  const reply = (await handleOf(supervisor).ask(build as never, { timeoutMs: TIMEOUT_MS })) as EventObject & {
    readonly error?: unknown
  }
  if (reply.type === 'roscius.failed') throw reply.error
}

function handleOf(supervisor: SupervisorRef): ActorHandle {
  if (supervisor instanceof ActorHandle) return supervisor
  throw new RosciusError('NOT_IN_SYSTEM', 'This needs the ref of a supervisor in a Roscius system.')
}
