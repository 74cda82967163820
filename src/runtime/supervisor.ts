/**
 * `supervisor({...})`: actor logic that supervises. Its life is the statechart of `machines/supervisor.ts`; this file provides
 * what happens in it, by way of the engine it runs on.
 */
import { type AnyActorRef, assign, type EventObject, fromCallback, fromPromise } from 'xstate'
import {
  type ChildrenInput,
  type SupervisorContext,
  type SupervisorEvent,
  supervisorMachine,
} from '../../machines/supervisor.js'
import { type ActorPath, childPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { isExceeded, withinWindow } from '../supervision/restart-window.js'
import {
  type ReadSupervisorOptions,
  readSupervisorOptions,
  type SupervisorOptions,
} from '../supervision/supervisor-options.js'
import { ActorHandle } from './actor-handle.js'
import type { Children } from './children.js'
import type { Engine } from './engine.js'
import { escalatedError } from './escalation-errors.js'
import { defineSupervisor } from './supervisor-definition.js'
import { unitAction } from './unit-action.js'

/** The logic that `supervisor` makes. */
export type SupervisorLogic = typeof supervisorMachine

/**
 * Actor logic that starts its children in order, restarts those that fail, and gives up when that happens too often: then it
 * stops its children and fails itself, and its own supervisor decides. Put it into the logic table and spawn it like any
 * other actor. Throws `OPTIONS_INVALID` with the path of the field.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore, supervisor } from 'roscius'
 * import { createMachine } from 'xstate'
 *
 * const worker = createMachine({})
 * const pool = supervisor({
 *   strategy: 'oneForOne',
 *   intensity: { maxRestarts: 5, withinMs: 10_000 },
 *   children: [
 *     { id: 'a', logic: worker },
 *     { id: 'b', logic: worker, restart: 'transient', backoff: { initialMs: 500 } },
 *   ],
 * })
 * await using system = await createSystem({ name: 'shop', store: memoryStore(), logic: { worker, pool } })
 * await system.spawn('pool', { id: 'pool' })
 * ```
 */
export function supervisor(options: SupervisorOptions = {}): SupervisorLogic {
  const definition = readSupervisorOptions(options)
  const { intensity, autoShutdown } = definition
  const command = (name: string, run: (control: Children, path: string, event: Command) => void) =>
    unitAction(name, (unit, engine, _child, { event }) => {
      const { path } = unit.cell
      unit.controls.push(() => run(engine.children, path, event as Command))
    })
  const logic = supervisorMachine.provide({
    actors: {
      startChildren: fromPromise<void, ChildrenInput>(({ input, signal }) =>
        controlOf(input).start(pathOf(input), input.failedId, input.isUp === true, signal),
      ),
      stopChildren: fromPromise<void, ChildrenInput>(({ input, signal }) =>
        controlOf(input).suspend(pathOf(input), input.failedId, signal),
      ),
      endChildren: fromPromise<void, ChildrenInput>(({ input, signal }) => controlOf(input).end(pathOf(input), signal)),
      watchOver: fromCallback<SupervisorEvent, ChildrenInput>(({ input, sendBack }) => {
        const missing = controlOf(input).hasMissing(pathOf(input))
        void missing.then((isMissing) => isMissing && sendBack({ type: 'roscius.child.missing' }))
      }),
      lookForSignificant: fromPromise<boolean, ChildrenInput>(({ input }) =>
        controlOf(input).hasSignificant(pathOf(input)),
      ),
    },
    guards: {
      isStale: ({ context, event }) => {
        const { id, restarts } = event as SupervisorEvent & { type: 'roscius.child.failed' }
        return !controlOf(context).isWaiting(childPath(pathOf(context), id), restarts)
      },
      exceedsIntensity: ({ context, event }) =>
        (event as SupervisorEvent & { type: 'roscius.child.failed' }).isCounted &&
        isExceeded(context.restarts, engineOf(context).now(), intensity),
      endsSupervisor: ({ context, event }) => autoShutdown === 'anySignificant' && isSignificantEnd(context, event),
      mayEndSupervisor: ({ context, event }) => autoShutdown === 'allSignificant' && isSignificantEnd(context, event),
    },
    actions: {
      countRestart: assign(({ context, event }) => {
        if (!(event as SupervisorEvent & { type: 'roscius.child.failed' }).isCounted) return {}
        const now = engineOf(context).now()
        return { restarts: [...withinWindow(context.restarts, now, intensity), now] }
      }),
      tellExceeded: unitAction('tellExceeded', ({ cell: { path }, held }, engine, _child, { event }) => {
        const child = childPath(path, (event as Command).id)
        held.push({ release: () => engine.report({ type: 'intensityExceeded', path, child, ...intensity }) })
      }),
      fail: assign(({ context }) => {
        throw supervisorFailed(pathOf(context), context, definition)
      }),
      forgetChild: command('forgetChild', (control, path, { id }) => control.forget(path, id)),
      startChild: command('startChild', (control, path, { spec, replyTo }) => control.add(path, spec, replyTo)),
      terminateChild: command('terminateChild', (control, path, { id, replyTo }) =>
        control.terminate(path, id, replyTo),
      ),
      restartChild: command('restartChild', (control, path, { id, replyTo }) => control.restart(path, id, replyTo)),
      deleteChild: command('deleteChild', (control, path, { id, replyTo }) => control.delete(path, id, replyTo)),
      refuse: command('refuse', (control, path, { replyTo }) => control.refuse(path, replyTo)),
    },
  })
  return defineSupervisor(logic, definition)
}

interface Command extends EventObject {
  readonly id: string
  readonly spec: object
  readonly replyTo: AnyActorRef | undefined
}

/** What says which supervisor is meant. */
interface OfSupervisor {
  readonly supervisor: object
}

function engineOf({ supervisor: self }: OfSupervisor): Engine {
  if (self instanceof ActorHandle) return self.engine
  throw new RosciusError('NOT_IN_SYSTEM', "A supervisor works only in a Roscius system; plain XState can't restart.")
}

function controlOf(of: OfSupervisor): Children {
  return engineOf(of).children
}

/** Whether a child that can end its supervisor has ended by itself, in the unit of whose event this is. */
function isSignificantEnd(context: SupervisorContext, event: SupervisorEvent): boolean {
  const { id, reason } = event as SupervisorEvent & { type: 'roscius.child.ended' }
  return reason !== 'stopped' && controlOf(context).isSignificant(pathOf(context), id)
}

function pathOf({ supervisor: self }: OfSupervisor): ActorPath {
  return (self as ActorHandle).path
}

function supervisorFailed(
  path: string,
  { failure }: SupervisorContext,
  { intensity }: ReadSupervisorOptions,
): RosciusError {
  const { id = '', why = 'intensity', error, failureClass } = failure ?? {}
  if (why !== 'start') return escalatedError(path, id, { why, failureClass, error, intensity })
  const details = { child: `${path}/${id}`, why, error: error instanceof Error ? error.message : String(error) }
  return new RosciusError(
    'CHILD_START_FAILED',
    `${path}: its child "${id}" failed to start, so all of its children were stopped. See the cause.`,
    { address: path, details, cause: error },
  )
}
