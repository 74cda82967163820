/**
 * Short names, as a reader would say them, for what stands on the arrows of a statechart: guards, actions, delays.
 */

type Named = { readonly type: string }
type Facts = Readonly<Record<string, unknown>>

const INLINE = '…'

/** A name for a guard; combined guards are spelled out (`isOpen and not isEmpty`), an unnamed function is `…`. */
export function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard
  if (isNamed(guard)) return guard.type
  if (typeof guard !== 'function') return INLINE
  const {
    check,
    guards = [],
    stateValue,
  } = guard as unknown as { check?: { name: string }; guards?: unknown[]; stateValue?: unknown }
  switch (check?.name) {
    case 'checkAnd':
      return guards.map(guardName).join(' and ')
    case 'checkOr':
      return guards.map(guardName).join(' or ')
    case 'checkNot':
      return `not ${guardName(guards[0])}`
    case 'checkStateIn':
      return `in ${typeof stateValue === 'string' ? stateValue : JSON.stringify(stateValue)}`
    default:
      return functionName(guard)
  }
}

/** A name for an action; `undefined` for what XState adds by itself. */
export function actionName(action: unknown): string | undefined {
  if (typeof action === 'string') return action
  if (typeof action !== 'function') return isNamed(action) ? action.type : INLINE
  const facts = action as unknown as Facts
  switch (facts.type) {
    case 'xstate.assign':
      return assignName(facts.assignment)
    case 'xstate.raise':
      return isOwnTimer(eventName(facts.event)) ? undefined : `raise ${eventName(facts.event)}`
    case 'xstate.cancel':
      return isOwnTimer(facts.sendId) ? undefined : `cancel ${textOr(facts.sendId)}`
    case 'xstate.sendTo':
      return `send ${eventName(facts.event)}`
    case 'xstate.emit':
      return `emit ${eventName(facts.event)}`
    case 'xstate.spawnChild':
      return `spawn ${textOr(facts.src)}`
    case 'xstate.stopChild':
      return `stop ${textOr(facts.actorRef)}`
    default:
      return typeof facts.type === 'string' ? facts.type.replace('xstate.', '') : functionName(action)
  }
}

/** A delay as a person says it: `250 ms`, `5 s`, `10 min`, or its name. */
export function delayName(delay: unknown): string {
  if (typeof delay === 'string') return delay
  if (typeof delay !== 'number') return INLINE
  if (delay % 60_000 === 0 && delay > 0) return `${delay / 60_000} min`
  return delay % 1_000 === 0 && delay > 0 ? `${delay / 1_000} s` : `${delay} ms`
}

function assignName(assignment: unknown): string {
  if (typeof assignment !== 'object' || assignment === null) return 'assign'
  return `assign ${Object.keys(assignment).join(', ')}`
}

function eventName(event: unknown): string {
  return isNamed(event) ? event.type : INLINE
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : INLINE
}

/** Functions written inline take the name of the property that they stand in, which says nothing. */
function functionName({ name }: { readonly name: string }): string {
  return ['', 'guard', 'actions', 'entry', 'exit'].includes(name) ? INLINE : name
}

function isOwnTimer(id: unknown): boolean {
  return typeof id === 'string' && id.startsWith('xstate.after.')
}

function isNamed(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
