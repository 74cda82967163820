/** What sets a transition off, and what a state invokes, in words of the machine. */
import type { AnyStateMachine } from 'xstate'
import { actorLogic } from '../../runtime/actor-logic.js'
import { isMachine, type StateNode } from '../../runtime/machine-structure.js'
import type { DefinedTransition, TransitionKind } from './machine-definition.js'
import { childNodes } from './node-ids.js'

export type Trigger = Pick<DefinedTransition, 'kind' | 'descriptor' | 'delay' | 'delayMs'>

type Invoke = StateNode['invoke'][number]

/** The name of the logic; what is written in place goes by the machine's id, or the id somebody gave the invoke. */
export function invokeText(machine: AnyStateMachine, { id, src }: Invoke): string {
  const name = String(src)
  if (!name.startsWith('xstate.invoke.')) return name
  const logic = actorLogic(machine, name)
  if (isMachine(logic) && logic.id !== '(machine)') return logic.id
  return `xstate.invoke.${id}` === name ? 'inline logic' : id
}

export function triggerOf(
  machine: AnyStateMachine,
  node: StateNode,
  transition: { readonly eventType: string; readonly delay?: unknown },
): Trigger {
  const { eventType, delay } = transition
  if (delay !== undefined) return delayed(machine, typeof delay === 'number' ? delay : String(delay))
  if (eventType === '') return { kind: 'always', descriptor: 'always' }
  if (eventType === `xstate.done.state.${node.id}`) return { kind: 'done', descriptor: 'onDone' }
  const [, what = '', id = ''] = /^xstate\.(done|error|snapshot)\.(?:actor\.)?(.+)$/s.exec(eventType) ?? []
  const kind = ACTOR_KINDS[what]
  if (kind === undefined) return { kind: 'event', descriptor: eventType }
  return { kind, descriptor: `${what}: ${invokedAs(machine, node, id)}` }
}

const ACTOR_KINDS: Readonly<Record<string, TransitionKind | undefined>> = {
  done: 'actorDone',
  error: 'actorError',
  snapshot: 'actorSnapshot',
}

function delayed(machine: AnyStateMachine, delay: number | string): Trigger {
  const delays: Readonly<Record<string, unknown>> = machine.implementations.delays
  const delayMs = typeof delay === 'string' && Object.hasOwn(delays, delay) ? delays[delay] : undefined
  const known = typeof delayMs === 'number' ? { delayMs } : {}
  return { kind: 'after', descriptor: `after ${delay}`, delay, ...known }
}

/** A state may also take what a state within it, or around it, has invoked. */
function invokedAs(machine: AnyStateMachine, node: StateNode, id: string): string {
  const isIt = (invoke: Invoke): boolean => invoke.id === id
  const invoke =
    node.invoke.find(isIt) ??
    nodesOf(machine.root)
      .flatMap((each) => each.invoke)
      .find(isIt)
  return invoke === undefined ? id : invokeText(machine, invoke)
}

function nodesOf(node: StateNode): StateNode[] {
  return [node, ...childNodes(node).flatMap(nodesOf)]
}
