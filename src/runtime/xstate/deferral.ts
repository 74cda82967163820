/**
 * Which events a state puts off: `meta: { defer: ['ASSIGN'] }`, or `defer: ({ context, event }) => boolean`.
 *
 * An event is deferred only if no enabled transition takes it at the deferring state's depth or deeper (D14), so a
 * substate may handle what its parent defers.
 */
import type { AnyMachineSnapshot, EventObject } from 'xstate'
import type { HostSnapshot, StateNodeLike } from './internals.js'

type DeferRule = readonly string[] | ((args: { readonly context: unknown; readonly event: EventObject }) => boolean)

export function isDeferred(snapshot: HostSnapshot, event: EventObject): boolean {
  const { machine, _nodes: nodes } = snapshot
  if (machine === undefined || nodes === undefined) return false
  const depths = nodes.filter((node) => matches(ruleOf(node), snapshot, event)).map((node) => node.path.length)
  if (depths.length === 0) return false
  const deepest = Math.max(...depths)
  const enabled = machine.getTransitionData(snapshot as unknown as AnyMachineSnapshot, event) as readonly {
    readonly source: StateNodeLike
  }[]
  return !enabled.some((transition) => transition.source.path.length >= deepest)
}

function ruleOf(node: { readonly meta?: unknown }): DeferRule | undefined {
  const { meta } = node
  return typeof meta === 'object' && meta !== null ? (meta as { readonly defer?: DeferRule }).defer : undefined
}

function matches(rule: DeferRule | undefined, snapshot: HostSnapshot, event: EventObject): boolean {
  if (rule === undefined) return false
  return typeof rule === 'function' ? rule({ context: snapshot.context, event }) : rule.includes(event.type)
}

/** Whether any state of the logic defers anything; asked once, so that others pay nothing. */
export function canDefer(logic: object): boolean {
  return 'root' in logic && anyNode(logic.root as MetaNode)
}

interface MetaNode {
  readonly meta?: unknown
  readonly states: Readonly<Record<string, MetaNode>>
}

function anyNode(node: MetaNode): boolean {
  return ruleOf(node) !== undefined || Object.values(node.states).some(anyNode)
}
