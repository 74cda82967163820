import { describe, expect, it } from 'vitest'
import { and, createActor, createMachine, not, or, setup, stateIn } from 'xstate'
import { afterOf, isMachineState, type MachineState, positionOf } from '../../../src/runtime/xstate/position.js'
import { matchesDescriptor, verdictOn } from '../../../src/runtime/xstate/why-not-taken.js'

/** The state of a machine after these events, as the host has it. */
function stateOf(machine: Parameters<typeof createActor>[0], ...events: string[]): MachineState {
  const actor = createActor(machine).start()
  for (const type of events) actor.send({ type })
  const snapshot = actor.getSnapshot() as never
  if (!isMachineState(snapshot)) throw new Error('no machine')
  return snapshot
}

const isLarge = ({ event }: { event: { type: string; amount?: number } }): boolean => (event.amount ?? 0) > 10

const order = setup({
  types: { context: {} as { owner: string; isLocked: boolean } },
  guards: {
    isOwner: ({ context, event }) => (event as { by?: string }).by === context.owner,
    isLocked: ({ context }) => context.isLocked,
    isAbove: (_, { limit }: { limit: number }) => limit < 0,
    mayEdit: and(['isOwner', not('isLocked')]),
    throwing: () => {
      throw new Error('no such field')
    },
  },
}).createMachine({
  context: { owner: 'ann', isLocked: true },
  initial: 'open',
  on: { CLOSE: { guard: 'isOwner', target: '.closed' } },
  states: {
    open: {
      description: 'The customer may still change it.',
      initial: 'empty',
      on: { EDIT: { guard: 'mayEdit' }, 'log.*': { guard: 'isLocked' }, SHIP: [{ guard: isLarge, target: 'closed' }] },
      states: {
        empty: { meta: { description: 'Nothing is in it.' }, on: { SHIP: { guard: 'throwing', target: 'filled' } } },
        filled: { on: { PAY: 'paid' } },
        paid: {},
      },
    },
    closed: { on: { REOPEN: 'open', PAY: {} } },
  },
})

describe('the verdict on an event', () => {
  it('is that no active state has a transition for it, and names the states that have one', () => {
    expect(verdictOn(stateOf(order), { type: 'PAY' })).toEqual({
      kind: 'notInState',
      state: { open: 'empty' },
      handledIn: ['open.filled', 'closed'],
    })
    expect(verdictOn(stateOf(order), { type: 'NONSENSE' })).toMatchObject({ kind: 'notInState', handledIn: [] })
  })

  it('names the guard that was false, and the state that has it', () => {
    expect(verdictOn(stateOf(order), { type: 'CLOSE' })).toEqual({
      kind: 'guard',
      state: { open: 'empty' },
      candidates: [
        {
          state: '',
          descriptor: 'CLOSE',
          targets: ['closed'],
          guard: { name: 'isOwner', holds: false, error: undefined, parts: [] },
        },
      ],
    })
  })

  it('says which part of a combination was false, also behind a name', () => {
    expect(verdictOn(stateOf(order), { type: 'EDIT', by: 'ann' } as never)).toMatchObject({
      candidates: [
        {
          guard: {
            name: 'mayEdit',
            parts: [
              { name: 'isOwner', holds: true },
              { name: 'not isLocked', holds: false, parts: [{ name: 'isLocked', holds: true }] },
            ],
          },
        },
      ],
    })
  })

  it('lists all candidates, the innermost first, and what a guard throws is its answer', () => {
    expect(verdictOn(stateOf(order), { type: 'SHIP' })).toMatchObject({
      kind: 'guard',
      candidates: [
        { state: 'open.empty', guard: { name: 'throwing', holds: false, error: 'no such field' } },
        { state: 'open', guard: { name: 'isLarge', holds: false, error: undefined } },
      ],
    })
  })

  it('is that it is taken, and by which transition', () => {
    expect(verdictOn(stateOf(order), { type: 'CLOSE', by: 'ann' } as never)).toMatchObject({
      kind: 'taken',
      transitions: [{ state: '', targets: ['closed'], guard: { holds: true } }],
    })
    expect(verdictOn(stateOf(order), { type: 'log.debug.deep' })).toMatchObject({
      kind: 'taken',
      transitions: [{ state: 'open', descriptor: 'log.*', targets: [] }],
    })
  })

  it('is the one that XState comes to, in every state and for every event', () => {
    const events = ['CLOSE', 'EDIT', 'SHIP', 'PAY', 'REOPEN', 'log', 'log.debug', 'logs', 'NONSENSE']
    const all = events.flatMap((type) => [{ type }, { type, by: 'ann', amount: 20 }])
    const found = all.map((event) => {
      const state = stateOf(order)
      return [event, verdictOn(state, event).kind === 'taken', canTake(state, event)]
    })
    expect(found.filter(([, ours, its]) => ours !== its)).toEqual([])
    expect(found.some(([, ours]) => ours)).toBe(true)
  })

  it('calls guards without a name inline, and puts combinations into words', () => {
    const machine = createMachine({
      initial: 'a',
      states: {
        a: {
          on: {
            X: [
              { guard: () => false },
              { guard: or([() => false, and([stateIn('b'), not(() => true)])]) },
              { guard: { type: 'isAbove', params: { limit: 3 } } },
            ],
          },
        },
        b: {},
      },
    }).provide({ guards: { isAbove: () => false } })
    const verdict = verdictOn(stateOf(machine), { type: 'X' })
    expect(verdict.kind === 'guard' && verdict.candidates.map(({ guard }) => guard?.name)).toEqual([
      'inline guard',
      'inline guard or (in state b and not inline guard)',
      'isAbove({"limit":3})',
    ])
  })

  it('is that a state defers it, and the deepest one is named', () => {
    const machine = createMachine({
      initial: 'busy',
      meta: { defer: ['JOB'] },
      states: {
        busy: { meta: { defer: ['JOB', 'OTHER'] }, initial: 'deep', states: { deep: { on: { OTHER: {} } } } },
      },
    })
    expect(verdictOn(stateOf(machine), { type: 'JOB' })).toEqual({ kind: 'deferred', by: 'busy' })
    expect(verdictOn(stateOf(machine), { type: 'OTHER' })).toMatchObject({ kind: 'taken' })
  })
})

function canTake(state: MachineState, event: { type: string }): boolean {
  try {
    return state.machine.getTransitionData(state as never, event).length > 0
  } catch {
    return false
  }
}

describe('where a machine is', () => {
  it('is its active states with their descriptions, outermost first', () => {
    expect(positionOf(stateOf(order)).states).toEqual([
      { path: 'open', description: 'The customer may still change it.' },
      { path: 'open.empty', description: 'Nothing is in it.' },
    ])
  })

  it('tells which events it has transitions for, XState’s own left out', () => {
    const machine = createMachine({
      initial: 'a',
      on: { STOP: '.b', '*': {} },
      states: { a: { after: { 1000: 'b' }, on: { GO: 'b' } }, b: {} },
    })
    expect(positionOf(stateOf(machine)).takes).toEqual(['GO', 'STOP', '*'])
  })

  it('tells a delay from other events', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { initial: 'b', after: { 1000: 'c' }, states: { b: { after: { long: '#m.c' } } } }, c: {} },
    }).provide({ delays: { long: 5_000 } })
    expect(afterOf(stateOf(machine), 'xstate.after.1000.m.a')).toEqual({ delay: '1000', state: 'a' })
    expect(afterOf(stateOf(machine), 'xstate.after.long.m.a.b')).toEqual({ delay: 'long', state: 'a.b' })
    expect(afterOf(stateOf(machine), 'LATER')).toBeUndefined()
  })
})

describe('a descriptor', () => {
  it.each(['a.b', 'a.*', 'a.b.*', '*', 'b', 'ab.*', 'a'])('%s matches as in XState', (descriptor) => {
    const machine = createMachine({ initial: 's', states: { s: { on: { [descriptor]: {} } } } })
    const state = stateOf(machine)
    for (const type of ['a', 'a.b', 'a.b.c', 'ab', 'b'])
      expect([type, matchesDescriptor(type, descriptor)]).toEqual([type, canTake(state, { type })])
  })
})
