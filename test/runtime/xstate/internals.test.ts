import { describe, expect, it } from 'vitest'
import {
  assign,
  cancel,
  createActor,
  createMachine,
  emit,
  fromCallback,
  fromEventObservable,
  fromObservable,
  fromPromise,
  fromTransition,
  log,
  raise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate'
import { RUNNING, STOP_EVENT, STOPPED } from '../../../src/runtime/xstate/internals.js'
import { isEffectful, logicKind } from '../../../src/runtime/xstate/logic-kind.js'

const idle = () => ({ subscribe: () => ({ unsubscribe: () => {} }) })

/** A scope as the host makes one, that writes down what logic asks of it. */
function scopeThatNotes() {
  const noted: string[] = []
  const deferred: (() => void)[] = []
  const system = {
    scheduler: {
      schedule: (_s: object, _t: object, event: { type: string }, delay: number, id?: string) =>
        noted.push(`schedule ${event.type} ${delay} ${id}`),
      cancel: (_s: object, id: string) => noted.push(`cancel ${id}`),
      cancelAll: () => noted.push('cancelAll'),
    },
    _logger: () => {},
    _clock: {},
    _bookId: () => 'session',
    _register: (id: string) => {
      noted.push('register')
      return id
    },
    _unregister: () => noted.push('unregister'),
    _set: (id: string) => noted.push(`set ${id}`),
    _relay: (_source: object, _target: object, event: { type: string }) => noted.push(`relay ${event.type}`),
    _sendInspectionEvent: (event: { type: string; _transitions?: readonly object[] }) =>
      noted.push(event._transitions?.length ? `${event.type} ${event._transitions.length}` : event.type),
    get: () => undefined,
  }
  const self = { id: 'root', sessionId: 'root', system, send: () => {}, _send: () => {}, getSnapshot: () => ({}) }
  const scope = {
    self,
    id: 'root',
    sessionId: 'root',
    system,
    logger: () => {},
    defer: (fn: () => void) => deferred.push(fn),
    stopChild: () => noted.push('stopChild'),
    emit: (event: { type: string }) => noted.push(`emit ${event.type}`),
    actionExecutor: (action: {
      type: string
      exec?: (info: unknown, params: unknown) => void
      info: unknown
      params: unknown
    }) => {
      noted.push(`action ${action.type}`)
      if (action.type.startsWith('xstate.')) action.exec?.(action.info, action.params)
    },
  }
  return { scope: scope as never, noted, deferred }
}

describe('the installed XState', () => {
  it('asks a scope of our own for every action, before any of it runs', () => {
    const machine = setup({ actors: { child: createMachine({}) } }).createMachine({
      on: {
        GO: {
          actions: [
            { type: 'named' },
            () => {},
            log('x'),
            emit({ type: 'OUT' }),
            raise({ type: 'LATER' }, { delay: 5, id: 'd' }),
            cancel('d'),
            sendTo(({ self }) => self, { type: 'SELF' }),
            spawnChild('child', { id: 'c', systemId: 'sys' }),
            stopChild('c'),
          ],
        },
      },
    } as never)
    const { scope, noted, deferred } = scopeThatNotes()
    const first = machine.getInitialSnapshot(scope, undefined)
    noted.length = 0
    machine.transition(first as never, { type: 'GO' } as never, scope)
    for (const fn of deferred) fn()
    const actions = noted.filter((line) => line.startsWith('action'))
    expect(actions.slice(1, 3)).toEqual(['action (anonymous)', 'action xstate.log'])
    expect(actions.map((line) => line.slice(7)).filter((type) => type.startsWith('xstate.'))).toEqual([
      'xstate.log',
      'xstate.emit',
      'xstate.raise',
      'xstate.cancel',
      'xstate.sendTo',
      'xstate.spawnChild',
      'xstate.stopChild',
    ])
    expect(noted).toEqual(
      expect.arrayContaining([
        'emit OUT',
        'schedule LATER 5 d',
        'cancel d',
        'relay SELF',
        '@xstate.actor',
        'set sys',
        'stopChild',
      ]),
    )
  })

  it('reports a microstep with the transitions that an event enabled, with none if nothing takes it', () => {
    const machine = createMachine({ on: { GO: {} } })
    const { scope, noted } = scopeThatNotes()
    const first = machine.getInitialSnapshot(scope, undefined)
    noted.length = 0
    machine.transition(first, { type: 'UNKNOWN' }, scope)
    expect(noted.filter((line) => /microstep \d/.test(line))).toEqual([])
    machine.transition(first, { type: 'GO' }, scope)
    expect(noted).toContain('@xstate.microstep 1')
  })

  it('keeps status numbers, the stop event, and the fields of an actor that hosting touches', () => {
    const child = createMachine({})
    const actor = createActor(setup({ actors: { child } }).createMachine({ invoke: { src: 'child', id: 'c' } })).start()
    const inner = actor.getSnapshot().children.c as unknown as Record<string, unknown>
    for (const field of [
      'id',
      'sessionId',
      'logic',
      'src',
      'system',
      '_parent',
      '_processingStatus',
      '_deferred',
      '_actorScope',
      '_snapshot',
      '_send',
      '_error',
      'start',
      'getSnapshot',
    ]) {
      expect(field in inner, field).toBe(true)
    }
    expect(inner.src).toBe('child')
    expect(inner._processingStatus).toBe(RUNNING)
    expect(Object.keys(inner._actorScope as object)).toEqual(
      expect.arrayContaining([
        'self',
        'id',
        'sessionId',
        'logger',
        'defer',
        'system',
        'stopChild',
        'emit',
        'actionExecutor',
      ]),
    )
    actor.stop()
    expect(inner._processingStatus).toBe(STOPPED)
    expect(
      child.transition(
        child.getInitialSnapshot(scopeThatNotes().scope, undefined),
        STOP_EVENT as never,
        scopeThatNotes().scope,
      ).status,
    ).toBe('stopped')
  })

  it('keeps the fields of a machine snapshot and of its persisted form', () => {
    const machine = createMachine({
      context: { n: 1 },
      initial: 'a',
      states: { a: { initial: 'x', states: { x: {}, h: { type: 'history' } }, on: { OUT: 'b' } }, b: {} },
    })
    const actor = createActor(machine).start()
    actor.send({ type: 'OUT' })
    const snapshot = actor.getSnapshot() as unknown as Record<string, unknown>
    for (const field of [
      'status',
      'output',
      'error',
      'machine',
      'value',
      'context',
      'children',
      'historyValue',
      '_nodes',
    ])
      expect(field in snapshot, field).toBe(true)
    expect(actor.getPersistedSnapshot()).toEqual({
      status: 'active',
      output: undefined,
      error: undefined,
      value: 'b',
      context: { n: 1 },
      historyValue: { '(machine).a.h': [{ id: '(machine).a.x' }] },
      children: {},
    })
    const { scope } = scopeThatNotes()
    expect(machine.restoreSnapshot(actor.getPersistedSnapshot() as never, scope).value).toBe('b')
    const transitions = machine.getTransitionData(actor.getSnapshot() as never, { type: 'OUT' } as never)
    expect(transitions).toEqual([])
  })

  it('lets the kind of each logic be told', () => {
    const kinds = {
      machine: createMachine({ context: assign as never }),
      transition: fromTransition(() => 0, 0),
      promise: fromPromise(async () => {}),
      callback: fromCallback(() => {}),
      observable: fromObservable(idle as never),
    }
    for (const [kind, logic] of Object.entries(kinds)) expect(logicKind(logic)).toBe(kind)
    expect(logicKind(fromEventObservable(idle as never))).toBe('observable')
    expect(logicKind({ transition: () => {}, getInitialSnapshot: () => {} })).toBe('custom')
    const effectful = Object.entries(kinds)
      .filter(([, logic]) => isEffectful(logic as never))
      .map(([kind]) => kind)
    expect(effectful).toEqual(['promise', 'callback', 'observable'])
  })

  it('settles promise logic with an event that the host can send itself', () => {
    const logic = fromPromise(async () => 1)
    const { scope } = scopeThatNotes()
    const done = logic.transition(
      logic.getInitialSnapshot(scope, undefined as never),
      { type: 'xstate.promise.resolve', data: 5 } as never,
      scope,
    )
    expect(done).toMatchObject({ status: 'done', output: 5 })
    const failed = logic.transition(
      logic.getInitialSnapshot(scope, undefined as never),
      { type: 'xstate.promise.reject', data: 'no' } as never,
      scope,
    )
    expect(failed).toMatchObject({ status: 'error', error: 'no' })
  })
})
