import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, createActor, createMachine, fromPromise } from 'xstate'
import { missingStates, type PersistedStates } from '../../src/runtime/missing-states.js'

type Config = Parameters<typeof createMachine>[0]

const wizard: Config = {
  id: 'wizard',
  initial: 'editing',
  states: {
    editing: { initial: 'title', states: { title: {}, body: {}, last: { type: 'history' } } },
    review: { type: 'parallel', states: { text: { initial: 'open', states: { open: {}, closed: {} } }, images: {} } },
    sent: {},
  },
}

const missing = (persisted: PersistedStates, states: Config['states'] = {}): string[] =>
  missingStates(createMachine({ ...wizard, states: { ...wizard.states, ...states } }), persisted)

describe('missing states', () => {
  it.each<[value: unknown]>([['sent'], [{ editing: 'body' }], [{ review: { text: 'closed', images: {} } }]])(
    'are none for %j, which the machine has',
    (value) => {
      expect(missing({ value })).toEqual([])
    },
  )

  it.each<[value: unknown, paths: string[]]>([
    ['archived', ['archived']],
    [{ editing: 'subtitle' }, ['editing.subtitle']],
    [{ drafting: 'title' }, ['drafting']],
    [{ review: { text: 'open', sound: {} } }, ['review.sound']],
    [{ review: { text: 'lost', sound: 'x' } }, ['review.text.lost', 'review.sound']],
    [{ sent: 'late' }, ['sent.late']],
    ['constructor', ['constructor']],
    [undefined, ['(root)']],
    [{ editing: null }, ['editing']],
  ])('of %j are named by their exact paths', (value, paths) => {
    expect(missing({ value })).toEqual(paths)
  })

  it('include a state that is of another kind now', () => {
    expect(missing({ value: 'editing' })).toEqual(['editing (now compound)'])
    expect(missing({ value: 'review' })).toEqual(['review (now parallel)'])
    expect(missing({ value: { editing: 'last' } })).toEqual(['editing.last (now history)'])
    expect(missing({ value: { review: 'images' } })).toEqual(['review (now parallel)'])
    expect(missing({ value: { editing: { title: {}, body: {} } } })).toEqual(['editing (now compound)'])
    expect(
      missing({ value: { review: { text: 'open' } } }, { review: { initial: 'text', states: { text: {} } } }),
    ).toEqual(['review.text.open'])
    expect(missing({ value: { sent: { now: {} } } }, { sent: { initial: 'now', states: { now: {} } } })).toEqual([
      'sent (now compound)',
    ])
    expect(missing({ value: {} })).toEqual(['(root) (now compound)'])
    expect(missing({ value: { review: { text: {}, images: {} } } })).toEqual(['review.text (now compound)'])
  })

  it('include a state of a running machine that has become final', () => {
    expect(missing({ status: 'active', value: 'sent' }, { sent: { type: 'final' } })).toEqual(['sent (now final)'])
    expect(missing({ status: 'done', value: 'sent' }, { sent: { type: 'final' } })).toEqual([])
  })

  it('do not include states and regions that are new in the machine', () => {
    const regions = { text: { initial: 'open', states: { open: {} } }, images: {}, sound: {} }
    const review = { type: 'parallel' as const, states: regions }
    expect(missing({ value: { review: { text: 'open', images: {} } } }, { review, added: {} })).toEqual([])
  })

  it('include remembered states that are gone, unless nobody asks for them any more', () => {
    const remembered = (historyId: string, id: string) =>
      missing({ value: 'sent', historyValue: { [historyId]: [{ id }] } })
    expect(remembered('wizard.editing.last', 'wizard.editing.body')).toEqual([])
    expect(remembered('wizard.editing.last', 'wizard.editing.old')).toEqual([
      'history.editing.last (#wizard.editing.old)',
    ])
    expect(remembered('wizard.editing.gone', 'wizard.editing.old')).toEqual([])
  })
})

describe('missing children', () => {
  const child = createMachine({ id: 'child', initial: 'on', states: { on: {}, off: {} } })
  const work = fromPromise(async () => 1)
  const parent = createMachine(
    {
      id: 'parent',
      initial: 'a',
      states: { a: { invoke: [{ src: 'work' }, { src: work }, { src: child }] }, b: { invoke: { src: work } } },
    },
    { actors: { child, work } },
  )
  const missingChild = (src: unknown, snapshot?: unknown) =>
    missingStates(parent, { value: 'a', children: { c: { src, snapshot } } })
  const active = { status: 'active', output: undefined, error: undefined }

  it('are those whose logic the machine does not have', () => {
    expect(missingChild('work', active)).toEqual([])
    expect(missingChild('worker', active)).toEqual(['children.c (worker)'])
    expect(missingChild('toString', active)).toEqual(['children.c (toString)'])
    expect(missingChild(undefined, active)).toEqual(['children.c (undefined)'])
  })

  it('are found by position where their logic is inline', () => {
    expect(missingChild('xstate.invoke.1.parent.a', active)).toEqual([])
    expect(missingChild('xstate.invoke.0.parent.b', active)).toEqual([])
    expect(missingChild('xstate.invoke.0.parent.a', active)).toEqual(['children.c (xstate.invoke.0.parent.a)'])
    expect(missingChild('xstate.invoke.3.parent.a', active)).toEqual(['children.c (xstate.invoke.3.parent.a)'])
    expect(missingChild('xstate.invoke.0.parent.gone', active)).toEqual(['children.c (xstate.invoke.0.parent.gone)'])
  })

  it('are those that became a machine or are none any more', () => {
    const snapshot = { ...active, value: 'on', historyValue: {}, children: {} }
    expect(missingChild('child', active)).toEqual(['children.c (child, now a machine)'])
    expect(missingChild('work', snapshot)).toEqual(['children.c (work, no longer a machine)'])
    expect(missingChild('child', snapshot)).toEqual([])
  })

  it('are looked for in machine children, at any depth', () => {
    const snapshotOf = (value: unknown, children = {}) => ({ ...active, value, children, historyValue: {} })
    expect(missingChild('child', snapshotOf('dim'))).toEqual(['children.c.dim'])
    expect(missingChild('xstate.invoke.2.parent.a', snapshotOf('dim'))).toEqual(['children.c.dim'])
    const grandparent = createMachine({ id: 'grandparent' }, { actors: { parent } })
    const children = {
      p: { src: 'parent', snapshot: snapshotOf('a', { c: { src: 'child', snapshot: snapshotOf('dim') } }) },
    }
    expect(missingStates(grandparent, { value: {}, children })).toEqual(['children.p.children.c.dim'])
  })
})

describe('a snapshot without missing states', () => {
  const { state } = fc.letrec<{ state: Config; children: Config }>((tie) => ({
    state: fc.oneof({ maxDepth: 2, withCrossShrink: true }, fc.constant({}), tie('children')),
    children: fc
      .tuple(
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('state'), { minKeys: 1, noNullPrototype: true }),
        fc.boolean(),
      )
      .map(([states, isParallel]) =>
        isParallel ? { type: 'parallel', states } : { initial: Object.keys(states)[0], states },
      ),
  }))
  const machine = state.map((config) => createMachine({ ...config, id: 'm' }))

  it('is restored by XState to the states it was in', () => {
    fc.assert(fc.property(machine, machine, restoresWhatIsNotMissing), { numRuns: 2_000 })
  })

  it('is every snapshot of the machine itself', () => {
    fc.assert(
      fc.property(machine, (same) => {
        expect(missingStates(same, persistedOf(same))).toEqual([])
      }),
    )
  })
})

function persistedOf(machine: AnyStateMachine): PersistedStates {
  return createActor(machine).getPersistedSnapshot() as PersistedStates
}

function restoresWhatIsNotMissing(before: AnyStateMachine, after: AnyStateMachine): void {
  const persisted = persistedOf(before)
  fc.pre(missingStates(after, persisted).length === 0)
  const restored = createActor(after, { snapshot: persisted as never }).getSnapshot()
  expect(restored.matches(persisted.value as never)).toBe(true)
}
