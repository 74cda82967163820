import { describe, expect, it } from 'vitest'
import { and, assign, cancel, createMachine, fromPromise, not, or, raise, setup, stateIn } from 'xstate'
import { isMachine, statesOf, structureOf } from '../../src/runtime/machine-structure.js'

const load = fromPromise(async () => 'loaded')

const editor = setup({
  types: { events: {} as { type: 'SAVE' } | { type: 'NEXT' } | { type: 'BACK' } },
  actors: { load },
  actions: { greet: () => undefined },
  delays: { PATIENCE: 5_000, computed: () => 10 },
  guards: {
    isValid: () => true,
    isLong: (_, _params: { min: number }) => true,
    isReady: and(['isValid', not('isValid')]),
  },
}).createMachine({
  id: 'editor',
  version: '3',
  initial: 'loading',
  states: {
    loading: {
      tags: ['busy'],
      entry: 'greet',
      invoke: { id: 'loader', src: 'load', onDone: 'editing', onError: { target: 'failed', guard: 'isReady' } },
      after: { 1000: 'failed', PATIENCE: { target: 'failed', guard: 'isValid' }, computed: 'failed' },
    },
    editing: {
      initial: 'title',
      entry: [raise({ type: 'NEXT' }, { delay: 50, id: 'own' }), assign({})],
      exit: [cancel('own'), () => undefined],
      always: { target: 'done', guard: stateIn('done') },
      states: {
        title: {
          on: {
            NEXT: [
              { target: 'body', guard: { type: 'isLong', params: { min: 3 } }, actions: 'greet' },
              { target: '#editor.failed', guard: or([() => true, 'isValid']) },
              { actions: 'greet', reenter: true },
            ],
          },
        },
        body: { invoke: { src: fromPromise(async () => 1) } },
        last: { type: 'history', history: 'deep', target: 'title' },
      },
      on: { BACK: '.last', SAVE: { target: 'done', guard: not('isValid') } },
    },
    failed: { type: 'parallel', states: { left: {}, right: {} } },
    done: { type: 'final' },
  },
})

const stateOf = (path: string) => [...statesOf(structureOf(editor).root)].find((state) => state.path === path)

describe('the structure of a machine', () => {
  it('is plain JSON with the id, version and every state', () => {
    const structure = structureOf(editor)
    expect(JSON.parse(JSON.stringify(structure))).toEqual(structure)
    expect([structure.id, structure.version]).toEqual(['editor', '3'])
    expect([...statesOf(structure.root)].map(({ path, type }) => `${path}:${type}`)).toEqual([
      ':compound',
      'loading:atomic',
      'editing:compound',
      'editing.title:atomic',
      'editing.body:atomic',
      'editing.last:history',
      'failed:parallel',
      'failed.left:atomic',
      'failed.right:atomic',
      'done:final',
    ])
  })

  it('is there for machines only', () => {
    expect([editor, createMachine({})].map(isMachine)).toEqual([true, true])
    expect([load, {}, { root: {} }, null, undefined].map(isMachine)).toEqual(Array(5).fill(false))
  })

  it('is read once for each machine', () => {
    expect(structureOf(editor)).toBe(structureOf(editor))
  })

  it('shows initial states, history and tags', () => {
    expect(stateOf('')?.initial).toBe('loading')
    expect(stateOf('editing')?.initial).toBe('title')
    expect(stateOf('editing.last')).toMatchObject({ history: 'deep', historyTargets: ['title'] })
    expect(stateOf('failed')?.initial).toBeUndefined()
    expect(stateOf('loading')?.tags).toEqual(['busy'])
  })

  it('shows delayed transitions with what their names stand for, and not the actions that XState adds for them', () => {
    expect(stateOf('loading')?.after.map(({ delay, delayMs, targets }) => ({ delay, delayMs, targets }))).toEqual([
      { delay: 1000, delayMs: undefined, targets: ['editor.failed'] },
      { delay: 'PATIENCE', delayMs: 5_000, targets: ['editor.failed'] },
      { delay: 'computed', delayMs: undefined, targets: ['editor.failed'] },
    ])
    expect([stateOf('loading')?.entry, stateOf('loading')?.exit]).toEqual([['greet'], []])
  })

  it("keeps the author's own delayed raise and cancel among the actions", () => {
    expect(stateOf('editing')?.entry).toEqual(['xstate.raise', 'xstate.assign'])
    expect(stateOf('editing')?.exit).toEqual(['xstate.cancel', 'inline'])
  })

  it('shows invokes by name and by position, and their outcomes among the transitions', () => {
    expect(stateOf('loading')?.invoke).toEqual([{ id: 'loader', src: 'load' }])
    expect(stateOf('editing.body')?.invoke).toEqual([
      { id: '0.editor.editing.body', src: 'xstate.invoke.0.editor.editing.body' },
    ])
    expect(stateOf('loading')?.on.map(({ event }) => event)).toEqual([
      'xstate.done.actor.loader',
      'xstate.error.actor.loader',
    ])
  })

  it('shows the candidates of an event in order, with targets, re-entry and actions', () => {
    expect(
      stateOf('editing.title')?.on.map(({ targets, reenter, actions }) => ({ targets, reenter, actions })),
    ).toEqual([
      { targets: ['editor.editing.body'], reenter: false, actions: ['greet'] },
      { targets: ['editor.failed'], reenter: false, actions: [] },
      { targets: [], reenter: true, actions: ['greet'] },
    ])
  })

  it('shows guards by name with params, by position, and inside and, or, not', () => {
    expect(stateOf('editing.title')?.on.map(({ guard }) => guard)).toEqual([
      { kind: 'named', name: 'isLong', params: { min: 3 } },
      {
        kind: 'or',
        guards: [
          { kind: 'inline', name: 'inline:editing.title/NEXT/1/0' },
          { kind: 'named', name: 'isValid' },
        ],
      },
      undefined,
    ])
    expect(stateOf('editing')?.on.find(({ event }) => event === 'SAVE')?.guard).toEqual({
      kind: 'not',
      guards: [{ kind: 'named', name: 'isValid' }],
    })
    expect(stateOf('editing')?.always.map(({ guard }) => guard)).toEqual([{ kind: 'stateIn', state: 'done' }])
  })

  it('spells out a named guard that combines others', () => {
    const isValid = { kind: 'named', name: 'isValid' }
    expect(stateOf('loading')?.on[1]?.guard).toEqual({
      kind: 'named',
      name: 'isReady',
      means: { kind: 'and', guards: [isValid, { kind: 'not', guards: [isValid] }] },
    })
  })

  it('ends at a guard that stands for itself', () => {
    const machine = createMachine({ on: { GO: { guard: 'loop' } } }, { guards: { loop: and(['loop']) } })
    const loop = { kind: 'named', name: 'loop' }
    expect(structureOf(machine).root.on[0]?.guard).toEqual({ ...loop, means: { kind: 'and', guards: [loop] } })
  })

  it('turns guard params of any kind into JSON', () => {
    const params = { when: new Date(0), many: [1n, Number.NaN, undefined], set: new Set(['a']), compute: () => 1 }
    const machine = createMachine({ on: { GO: { guard: { type: 'check', params } } } })
    expect(structureOf(machine).root.on[0]?.guard).toEqual({
      kind: 'named',
      name: 'check',
      params: { when: String(new Date(0)), many: ['1n', 'NaN', 'undefined'], set: ['a'], compute: '[function]' },
    })
  })
})
