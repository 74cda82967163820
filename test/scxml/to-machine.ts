import { type AnyStateMachine, createMachine, type EventObject, type MachineContext } from 'xstate'
import { type Action, guardOf, payloadOf, refuse, toActions, toStateKey } from './content.js'
import { toValue } from './expression.js'
import { childrenNamed, parseXml, type XmlElement } from './xml.js'

/**
 * The machine factory of the SCXML cases: an SCXML document becomes an XState machine.
 *
 * Only what XState can express is converted; anything else throws, so that no case passes by being half converted.
 */
export function toMachine(source: string): AnyStateMachine {
  return machineOf(parseXml(source))
}

type Config = Record<string, unknown>

function machineOf(scxml: XmlElement): AnyStateMachine {
  const initialData = dataOf(childrenNamed(scxml, 'datamodel'))
  return createMachine({
    ...stateOf(scxml, '(machine)'),
    context: ({ input }: { input: unknown }) => ({ ...initialData, ...pickDeclared(initialData, input) }),
  })
}

function dataOf(models: readonly XmlElement[]): MachineContext {
  const data: MachineContext = {}
  for (const element of models.flatMap((model) => childrenNamed(model, 'data'))) {
    const { id, expr } = element.attributes
    refuse(element, 'src')
    data[id!] = toValue(expr ?? (element.text || 'undefined'))({ context: data, event: { type: 'init' } })
  }
  return data
}

/** An invoking session may only set data that the invoked one declares. */
function pickDeclared(declared: MachineContext, input: unknown): MachineContext {
  if (typeof input !== 'object' || input === null) return {}
  return Object.fromEntries(Object.entries(input).filter(([name]) => name in declared))
}

const STATES = ['state', 'parallel', 'final', 'history']

function stateOf(element: XmlElement, id: string): Config {
  if (element.name === 'history') return historyOf(element, id)
  if (element.name !== 'scxml' && childrenNamed(element, 'datamodel').length > 0) {
    throw new Error('a datamodel below the root has no conversion')
  }
  const states = childrenNamed(element, ...STATES)
  const keys = states.map((state, index) => keyOf(state, id, index))
  const [donedata] = childrenNamed(element, 'donedata')
  return {
    id,
    ...typeOf(element.name),
    ...(states.length > 0 && element.name !== 'parallel' && { initial: initialOf(element) ?? keys[0] }),
    ...(states.length > 0 && {
      states: Object.fromEntries(states.map((state, index) => [keys[index], stateOf(state, keys[index]!)])),
    }),
    ...transitionsOf(childrenNamed(element, 'transition')),
    entry: blocksOf(element, 'onentry'),
    exit: blocksOf(element, 'onexit'),
    invoke: childrenNamed(element, 'invoke').map(invokeOf),
    ...(donedata && { output: outputOf(donedata) }),
  }
}

function typeOf(name: string): Config {
  return name === 'parallel' || name === 'final' ? { type: name } : {}
}

function keyOf(element: XmlElement, parentId: string, index: number): string {
  return toStateKey(element.attributes.id ?? `${parentId}-${index}`)
}

function blocksOf(element: XmlElement, name: string): Action[] {
  return childrenNamed(element, name).flatMap((block) => toActions(block.children))
}

function historyOf(element: XmlElement, id: string): Config {
  const [transition] = childrenNamed(element, 'transition')
  if (transition && transition.children.length > 0) throw new Error('content in <history> has no conversion')
  const target = transition?.attributes.target
  return {
    id,
    type: 'history',
    history: element.attributes.type ?? 'shallow',
    ...(target && { target: toTargets(target) }),
  }
}

function initialOf(element: XmlElement): string | undefined {
  const transition = childrenNamed(element, 'initial').flatMap((child) => childrenNamed(child, 'transition'))[0]
  const target = element.attributes.initial ?? transition?.attributes.target
  if (!target) return undefined
  if (/\s/.test(target.trim())) throw new Error(`several initial states: ${target}`)
  if (transition?.children.length) throw new Error('content in <initial> has no conversion')
  return toStateKey(target)
}

function toTargets(target: string): string[] {
  return target
    .trim()
    .split(/\s+/)
    .map((id) => `#${toStateKey(id)}`)
}

function transitionsOf(elements: readonly XmlElement[]): Config {
  const always: Config[] = []
  const on: Record<string, Config[]> = {}
  for (const element of elements) {
    const transition = transitionOf(element)
    const descriptors = (element.attributes.event ?? '').split(/\s+/).filter(Boolean)
    if (descriptors.length === 0) always.push(transition)
    for (const descriptor of descriptors.map(toDescriptor)) on[descriptor] = [...(on[descriptor] ?? []), transition]
  }
  return { on, ...(always.length > 0 && { always }) }
}

function transitionOf({ attributes, children }: XmlElement): Config {
  const { target, cond, type } = attributes
  return {
    ...(target && { target: toTargets(target) }),
    actions: toActions(children),
    ...(cond !== undefined && { guard: guardOf(cond) }),
    ...(type !== 'internal' && { reenter: true }),
  }
}

/** SCXML matches by prefix of dotted tokens, and calls the events of done states and children by other names. */
function toDescriptor(event: string): string {
  if (event === '*') return '*'
  const base = event.replace(/\.\*?$/, '')
  return `${base.replace(/^done\.invoke/, 'xstate.done.actor').replace(/^done\.state/, 'xstate.done.state')}.*`
}

const SCXML_TYPES = [undefined, 'scxml', 'http://www.w3.org/TR/scxml', 'http://www.w3.org/TR/scxml/']

function invokeOf(element: XmlElement): Config {
  refuse(element, 'src', 'srcexpr', 'typeexpr', 'idlocation', 'autoforward')
  const { id, type } = element.attributes
  if (!SCXML_TYPES.includes(type)) throw new Error(`<invoke type="${type}"> has no conversion`)
  if (childrenNamed(element, 'finalize').length > 0) throw new Error('<finalize> has no conversion')
  const document = childrenNamed(element, 'content')[0]?.children[0]
  if (!document) throw new Error('<invoke> without inline content has no conversion')
  return { ...(id && { id }), src: machineOf(document), input: payloadOf(element) }
}

function outputOf(donedata: XmlElement): (scope: { context: MachineContext; event: EventObject }) => unknown {
  const [content] = childrenNamed(donedata, 'content')
  if (!content) return payloadOf(donedata)
  const { expr } = content.attributes
  return expr === undefined ? () => content.text : toValue(expr)
}
