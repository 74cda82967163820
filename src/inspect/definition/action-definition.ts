/** Actions as far as they can be read without being run. */
import { durationName } from './duration-name.js'
import type { DefinedAction } from './machine-definition.js'
import { plainData } from './plain-data.js'

type Facts = Readonly<Record<string, unknown>>

const INLINE = '…'
/** Names that JavaScript gives a function for the property it is written at: they say nothing about it. */
const PROPERTY_NAMES = new Set(['', 'entry', 'exit', 'actions'])
/** What XState's own actions are made with. */
const PARAMS = ['assignment', 'event', 'to', 'delay', 'id', 'sendId', 'src', 'input', 'actorRef', 'value', 'label']

export function definedAction(action: unknown): DefinedAction {
  if (typeof action === 'string') return { type: action, text: action }
  const facts = factsOf(action)
  if (typeof facts.type !== 'string') return { type: 'inline', text: functionName(action) }
  if (typeof action !== 'function') return { type: facts.type, text: facts.type, ...paramsOf(facts) }
  return { type: facts.type, text: builtinText(facts.type, facts), ...builtinParams(facts) }
}

/**
 * Whether XState has added `action` to a state for an `after` of it, whose event is among `delayedEvents`: the delayed transition
 * is shown instead.
 */
export function isAddedForDelay(action: unknown, delayedEvents: ReadonlySet<string>): boolean {
  const { type, id, sendId } = factsOf(action)
  if (type === 'xstate.raise') return delayedEvents.has(String(id))
  return type === 'xstate.cancel' && delayedEvents.has(String(sendId))
}

function builtinText(type: string, facts: Facts): string {
  const later = facts.delay === undefined ? '' : ` in ${durationName(facts.delay)}`
  switch (type) {
    case 'xstate.assign':
      return assignText(facts.assignment)
    case 'xstate.raise':
      return `raise ${eventText(facts.event)}${later}`
    case 'xstate.sendTo':
      return `send ${eventText(facts.event)}${typeof facts.to === 'string' ? ` to ${facts.to}` : ''}${later}`
    case 'xstate.emit':
      return `emit ${eventText(facts.event)}`
    case 'xstate.cancel':
      return `cancel ${textOr(facts.sendId)}`
    case 'xstate.spawnChild':
      return `spawn ${textOr(facts.src)}`
    case 'xstate.stopChild':
      return `stop ${textOr(facts.actorRef)}`
    default:
      return type.replace('xstate.', '')
  }
}

function assignText(assignment: unknown): string {
  const keys = typeof assignment === 'object' && assignment !== null ? Object.keys(assignment) : []
  return ['assign', keys.join(', ')].join(' ').trim()
}

function eventText(event: unknown): string {
  return textOr(typeof event === 'object' && event !== null ? factsOf(event).type : undefined)
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : INLINE
}

function paramsOf({ params }: Facts): { params?: unknown } {
  return params === undefined ? {} : { params: plainData(params) }
}

function builtinParams(facts: Facts): { params?: unknown } {
  const made = PARAMS.filter((key) => facts[key] !== undefined).map((key) => [key, plainData(facts[key])])
  return made.length === 0 ? {} : { params: Object.fromEntries(made) }
}

function functionName(action: unknown): string {
  return typeof action === 'function' && !PROPERTY_NAMES.has(action.name) ? action.name : INLINE
}

function factsOf(value: unknown): Facts {
  const holdsFields = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return holdsFields ? (value as Facts) : {}
}
