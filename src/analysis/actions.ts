/**
 * Actions as far as they can be read without being run: their names, what they raise, what they spawn.
 *
 * 1. What `enqueueActions` does, and an event that a function makes, can't be read.
 * 2. The raise and cancel actions that XState adds for `after` are not seen: the delayed transition is.
 */
import type { AnyStateMachine } from 'xstate'

export interface Raised {
  readonly type: string
  /** It comes later, as an event of its own, and not within the same step. */
  readonly isDelayed: boolean
}

/** The name that the machine calls the action by; undefined for a function written in place. */
export function actionName(action: unknown): string | undefined {
  if (typeof action === 'string') return action
  if (typeof action === 'function') return action.name === '' ? undefined : action.name
  const { type } = fieldsOf(action)
  return typeof type === 'string' ? type : undefined
}

/** What `action`, or what its name stands for, raises. */
export function raisedBy(machine: AnyStateMachine, action: unknown): Raised | undefined {
  const { type, event, delay } = fieldsOf(builtinOf(machine, action))
  const raised = fieldsOf(event).type
  if (type !== 'xstate.raise' || typeof raised !== 'string' || raised.startsWith('xstate.after.')) return undefined
  return { type: raised, isDelayed: delay !== undefined }
}

/** The name of the logic that `action`, or what its name stands for, spawns. */
export function spawnedBy(machine: AnyStateMachine, action: unknown): string | undefined {
  const { type, src } = fieldsOf(builtinOf(machine, action))
  return type === 'xstate.spawnChild' && typeof src === 'string' ? src : undefined
}

const CHANGING = new Set(
  ['assign', 'enqueueActions', 'raise', 'spawnChild', 'stopChild'].map((name) => `xstate.${name}`),
)

/** Whether `action` may change what the machine does next, so that an `always` is looked at once more. */
export function isChanging(machine: AnyStateMachine, action: unknown): boolean {
  return CHANGING.has(String(fieldsOf(builtinOf(machine, action)).type))
}

function builtinOf(machine: AnyStateMachine, action: unknown): unknown {
  const actions: Readonly<Record<string, unknown>> = machine.implementations.actions
  const name = typeof action === 'function' ? undefined : actionName(action)
  return name !== undefined && Object.hasOwn(actions, name) ? actions[name] : action
}

function fieldsOf(value: unknown): { readonly [key: string]: unknown } {
  const holdsFields = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return holdsFields ? (value as { readonly [key: string]: unknown }) : {}
}
