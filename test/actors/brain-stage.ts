import type { BrainContext, DefinedBrain } from '../../actors/define-brain.js'
import type { BrainRequest, Decision } from '../../machines/brain.js'

/** A request in which `FINISH` and `GIVE_UP` are legal. */
export function asked(more: Partial<BrainRequest> = {}): BrainRequest {
  return {
    goal: 'honey',
    constraints: [],
    state: 'working.deciding',
    legal: [{ type: 'FINISH' }, { type: 'GIVE_UP' }],
    tools: [],
    observations: [],
    memory: [],
    turn: 1,
    limits: { turnsLeft: 9 },
    ...more,
  }
}

export function finish(output: unknown = 'done', more: Partial<Decision> = {}): Decision {
  return { event: { type: 'FINISH', output }, reason: 'it is done', ...more }
}

export function failure(fields: object = {}): Error {
  return Object.assign(new Error('down'), fields)
}

export function contextOf(more: Partial<BrainContext> = {}): BrainContext {
  return { signal: new AbortController().signal, emit: () => {}, effectId: undefined, ...more }
}

/** What the brain answers. */
export async function ask(
  brain: DefinedBrain,
  more: Partial<BrainRequest> = {},
  context = contextOf(),
): Promise<Decision> {
  return brain.decide(asked(more), context)
}

/** Lets everything happen that can. */
export async function rest(): Promise<void> {
  for (let round = 0; round < 10; round++) await new Promise((resolve) => setImmediate(resolve))
}
