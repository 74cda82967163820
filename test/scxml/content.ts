import {
  type ActionFunction,
  assign,
  cancel,
  type EventObject,
  enqueueActions,
  type GuardPredicate,
  log,
  type MachineContext,
  not,
  raise,
  sendTo,
  stateIn,
} from 'xstate'
import { durationToMs, toCondition, toScript, toValue } from './expression.js'
import { childrenNamed, type XmlElement } from './xml.js'

/** Executable content of any kind; XState's own types of it depend on the machine, which is made from a document here. */
// biome-ignore lint/suspicious/noExplicitAny: each type parameter is invariant, so only `any` admits every action
export type Action = ActionFunction<MachineContext, EventObject, any, any, any, any, any, any, any>

// biome-ignore lint/suspicious/noExplicitAny: as above
type Guard = GuardPredicate<any, any, unknown, any> | ((scope: Scope) => boolean)

type Scope = { context: MachineContext; event: EventObject }

/** The XState actions for a block of executable content; throws on an element that has no counterpart. */
export function toActions(elements: readonly XmlElement[]): Action[] {
  return elements.map(toAction)
}

function toAction(element: XmlElement): Action {
  const convert = converters[element.name]
  if (!convert) throw new Error(`<${element.name}> has no conversion`)
  return convert(element)
}

const converters: Readonly<Record<string, (element: XmlElement) => Action>> = {
  raise: ({ attributes }) => raise({ type: attributes.event! }),
  assign: toAssign,
  script: (element) => {
    if (element.attributes.src) throw new Error('<script src> has no conversion')
    return assign(toScript(element.text))
  },
  cancel: ({ attributes }) => {
    const { sendid, sendidexpr } = attributes
    return sendid ? cancel(sendid) : cancel((scope: Scope) => String(toValue(sendidexpr!)(scope)))
  },
  log: ({ attributes }) => log(toValue(attributes.expr ?? 'undefined'), attributes.label),
  send: toSend,
  if: toChoice,
  foreach: toLoop,
}

function toAssign(element: XmlElement): Action {
  const { location, expr } = element.attributes
  if (expr === undefined) throw new Error('<assign> with content has no conversion')
  // Reading the location first makes an assignment to undeclared data fail, as SCXML asks.
  const value = toValue(`${location}, (${expr})`)
  return assign((scope) => ({ [location!]: value(scope) }))
}

/** `type` is left out: XState has one event processor, and every event goes to it. */
function toSend(element: XmlElement): Action {
  const { event, eventexpr, target, id, delay, delayexpr } = element.attributes
  refuse(element, 'idlocation')
  const type = event === undefined ? toValue(eventexpr!) : () => event
  const payload = payloadOf(element)
  const toEvent = (scope: Scope): EventObject => ({ ...payload(scope), type: String(type(scope)) })
  if (target === '#_internal') return raise(toEvent)
  const options = { ...(id && { id }), ...delayOf(delay, delayexpr) }
  // `targetexpr` only ever names the own session in the cases that XState runs.
  return sendTo(target ?? (({ self }) => self), toEvent, options)
}

function delayOf(delay?: string, delayexpr?: string): { delay?: number | ((scope: Scope) => number) } {
  if (delay) return { delay: durationToMs(delay) }
  if (!delayexpr) return {}
  const value = toValue(delayexpr)
  return { delay: (scope) => durationToMs(String(value(scope))) }
}

/** What `<param>` and `namelist` of a `<send>`, `<invoke>` or `<donedata>` say. */
export function payloadOf(element: XmlElement): (scope: Scope) => Record<string, unknown> {
  if (element.name === 'send' && childrenNamed(element, 'content').length > 0) {
    throw new Error('<content> in <send> has no conversion')
  }
  const params = childrenNamed(element, 'param').map(
    ({ attributes }) => [attributes.name!, toValue(attributes.expr ?? attributes.location!)] as const,
  )
  const names = (element.attributes.namelist ?? '').split(/\s+/).filter(Boolean)
  const values = [...params, ...names.map((name) => [name, toValue(name)] as const)]
  return (scope) => Object.fromEntries(values.map(([name, value]) => [name, value(scope)]))
}

function toLoop(element: XmlElement): Action {
  const { array, item, index } = element.attributes
  const items = toValue(array!)
  const actions = toActions(element.children)
  return enqueueActions(({ context, event, enqueue }) => {
    for (const [position, value] of [...(items({ context, event }) as unknown[])].entries()) {
      enqueue(assign({ [item!]: value, ...(index && { [index]: position }) }))
      for (const action of actions) enqueue(action)
    }
  })
}

/** The guard of a condition; `In('state')` alone becomes XState's own `stateIn`. */
export function guardOf(cond: string): Guard {
  const [, negation, id] = /^(!?)In\('([^']*)'\)$/.exec(cond.trim()) ?? []
  if (id === undefined) return toCondition(cond)
  const guard = stateIn(`#${toStateKey(id)}`)
  return negation ? not(guard) : guard
}

/** XState reads a dot in a key as a path, so ids are written with `$`. */
export function toStateKey(id: string): string {
  return id.replaceAll('.', '$')
}

interface Branch {
  readonly guard: Guard | undefined
  readonly actions: Action[]
}

function toChoice(element: XmlElement): Action {
  const branches: Branch[] = [branchOf(element)]
  for (const child of element.children) {
    if (child.name === 'elseif' || child.name === 'else') branches.push(branchOf(child))
    else branches.at(-1)!.actions.push(toAction(child))
  }
  return enqueueActions(({ check, enqueue }) => {
    const taken = branches.find(({ guard }) => !guard || check(guard))
    for (const action of taken?.actions ?? []) enqueue(action)
  })
}

function branchOf({ name, attributes }: XmlElement): Branch {
  return { guard: name === 'else' ? undefined : guardOf(attributes.cond!), actions: [] }
}

/** Throws if the element has an attribute that the conversion would have to leave out. */
export function refuse({ name, attributes }: XmlElement, ...unsupported: string[]): void {
  const found = unsupported.find((attribute) => attribute in attributes)
  if (found) throw new Error(`<${name} ${found}> has no conversion`)
}
