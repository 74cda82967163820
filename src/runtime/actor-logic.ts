import type { AnyStateMachine } from 'xstate'

/**
 * The logic that `src` names in `machine`: one of its implementations, or what a state invokes inline
 * (`xstate.invoke.<index>.<state id>`). Undefined when the machine has no such actor or state (any more).
 */
export function actorLogic(machine: AnyStateMachine, src: string): unknown {
  const inline = /^xstate\.invoke\.(\d+)\.(.*)$/s.exec(src)
  if (inline) return inlineLogic(machine, Number(inline[1]), inline[2] ?? '')
  const actors: Readonly<Record<string, unknown>> = machine.implementations.actors
  return Object.hasOwn(actors, src) ? actors[src] : undefined
}

function inlineLogic(machine: AnyStateMachine, index: number, stateId: string): unknown {
  const invokes: unknown = stateNodeById(machine, stateId)?.config.invoke
  const invoke: unknown = [invokes].flat()[index]
  const src = typeof invoke === 'object' && invoke !== null && 'src' in invoke ? invoke.src : undefined
  return typeof src === 'object' && src !== null ? src : undefined
}

/** The state with this id, found as XState finds it when it restores a snapshot; undefined when there is none. */
export function stateNodeById(machine: AnyStateMachine, id: string): AnyStateMachine['root'] | undefined {
  try {
    return machine.getStateNodeById(id)
  } catch {
    return undefined
  }
}
