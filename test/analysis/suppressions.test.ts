import { isRosciusError } from 'roscius'
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { checkMachine } from '../../src/analysis/check-machine.js'
import type { CheckOptions } from '../../src/analysis/check-options.js'
import { messagesOf, pathsOf, told } from './told.js'

const suppress = (...rules: string[]) => ({
  roscius: { suppress: rules.map((rule) => ({ rule, reason: 'known' })) },
})

describe('a suppression', () => {
  it('takes out the findings of its rule on its state and within, and no others', () => {
    const inner = { initial: 'x', states: { x: { on: { GO: 'y' } }, y: {} } }
    const machine = createMachine({
      initial: 'a',
      states: { a: { ...inner, meta: suppress('dead-end'), on: { OUT: 'b' } }, b: { ...inner } },
    })
    expect(told(machine, 'dead-end')).toEqual(['b.y'])
    expect(told(machine, 'wait-without-timeout')).toEqual(['a.x', 'a.y', 'b.x'])
  })

  it('needs a reason', () => {
    const meta = { roscius: { suppress: [{ rule: 'dead-end', reason: ' ' }] } }
    const machine = createMachine({ initial: 'a', states: { a: { meta } } })
    expect(told(machine, 'dead-end')).toEqual(['a'])
    expect(messagesOf(machine, 'declaration')).toEqual(['meta.roscius.suppress.0.reason: needs a text: say why.'])
  })

  it('is a finding itself if it hides nothing', () => {
    const machine = createMachine({ initial: 'a', states: { a: { type: 'final', meta: suppress('dead-end') } } })
    expect(checkMachine(machine)).toEqual([
      {
        rule: 'declaration',
        severity: 'error',
        state: 'a',
        message: 'meta.roscius.suppress: dead-end: there is nothing to suppress. Delete it.',
      },
    ])
  })

  it('of a cycle hides those through its state, and not another of the same states', () => {
    const machine = createMachine({
      initial: 'a',
      states: {
        a: { after: { 1: [{ guard: 'one', target: 'b' }, { target: 'c' }] } },
        b: { meta: suppress('endless-cycle'), always: 'a' },
        c: { always: 'd' },
        d: { always: 'a' },
      },
    })
    expect(pathsOf(machine, 'endless-cycle')).toEqual(['a -[after 1]-> c -[always]-> d -[always]-> a'])
    expect(told(machine, 'declaration')).toEqual([])
  })

  it('can be given by the caller, and is a finding where there is no such state', () => {
    const machine = createMachine({ initial: 'a', states: { a: {} } })
    const given = (state: string) => ({ suppress: [{ rule: 'dead-end' as const, state, reason: 'known' }] })
    expect(checkMachine(machine, given('a'))).toEqual([])
    expect(messagesOf(machine, 'declaration', given('b'))).toEqual([
      'suppress (b): dead-end: there is no such state. Delete it.',
    ])
  })
})

describe('a declaration', () => {
  it.each([
    [{ supress: [] }, 'meta.roscius.supress: is not a setting.'],
    [{ waits: 'forever' }, "meta.roscius.reason: waits: 'forever' needs a reason."],
    [{ suppress: [{ rule: 'dead-ends', reason: 'x' }] }, /^meta\.roscius\.suppress\.0\.rule: /],
    [{ check: {} }, 'meta.roscius.check: belongs to the root of the machine.'],
  ])('that is none is refused with its field: %j', (roscius, message) => {
    const machine = createMachine({ initial: 'a', states: { a: { type: 'final', meta: { roscius } } } })
    expect(messagesOf(machine, 'declaration')).toEqual([
      typeof message === 'string' ? message : expect.stringMatching(message),
    ])
  })

  it('on a transition is read, too', () => {
    const go = { target: 'b', meta: { roscius: { aproval: true } } }
    const machine = createMachine({ initial: 'a', states: { a: { on: { GO: go } }, b: { type: 'final' } } })
    expect(messagesOf(machine, 'declaration')).toEqual(['GO: meta.roscius.aproval: is not a setting.'])
  })

  it('of danger counts even if the rest can not be read', () => {
    const meta = { roscius: { danger: true, dangr: true } }
    const machine = createMachine({ initial: 'a', states: { a: { meta } } })
    expect(told(machine, 'danger-without-approval')).toEqual(['a'])
  })

  it('of others in meta is nothing to the check', () => {
    const machine = createMachine({ initial: 'a', states: { a: { type: 'final', meta: { defer: ['X'] } } } })
    expect(checkMachine(machine)).toEqual([])
  })
})

describe('checkMachine', () => {
  it.each([
    [{ boundingGuard: ['x'] }, 'boundingGuard'],
    [{ dangerActions: 'wipe' }, 'dangerActions'],
    [{ suppress: [{ rule: 'dead-end', state: 'a', reason: '' }] }, 'suppress.0.reason'],
  ])('refuses options that are none, with the field: %j', (options, field) => {
    const check = (): unknown => checkMachine(createMachine({}), options as CheckOptions)
    expect(check).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field } }))
  })

  it('refuses what is no machine', () => {
    const none = {} as Parameters<typeof checkMachine>[0]
    let thrown: unknown
    try {
      checkMachine(none)
    } catch (error) {
      thrown = error
    }
    expect(isRosciusError(thrown, 'OPTIONS_INVALID')).toBe(true)
  })

  it('says the same each time, and runs nothing of the machine', () => {
    const never = (): never => {
      throw new Error('it was run')
    }
    const machine = createMachine({
      context: never,
      initial: 'a',
      states: { a: { entry: never, on: { GO: { guard: never, target: 'b' } } }, b: {}, c: {} },
    })
    expect(checkMachine(machine)).toEqual(checkMachine(machine))
    expect(checkMachine(machine).map(({ rule }) => rule)).toEqual([
      'dead-end',
      'wait-without-timeout',
      'unreachable-state',
    ])
  })
})
