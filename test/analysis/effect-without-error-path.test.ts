import { describe, expect, it } from 'vitest'
import { createMachine, fromPromise } from 'xstate'
import { messagesOf } from './told.js'

const messages = (config: Parameters<typeof createMachine>[0]): string[] =>
  messagesOf(createMachine(config), 'effect-without-error-path')

describe('the rule effect-without-error-path', () => {
  it('finds an invoke whose error nothing takes', () => {
    expect(messages({ initial: 'a', states: { a: { invoke: { src: 'fetch', onDone: 'b' } }, b: {} } })).toEqual([
      'a invokes fetch, and nothing takes its error.',
    ])
  })

  it('finds one whose error is only taken where a guard holds', () => {
    const invoke = { src: 'fetch', onDone: 'b', onError: { guard: 'canRetry', target: 'a', reenter: true } }
    expect(messages({ initial: 'a', states: { a: { invoke }, b: {} } })).toEqual([
      'a invokes fetch, and its error is taken only where a guard holds.',
    ])
  })

  it('is content with an onError, with a last candidate without a guard, and with a handler further out', () => {
    const a = { invoke: { src: 'fetch', onError: [{ guard: 'canRetry', target: 'b' }, { target: 'c' }] } }
    expect(messages({ initial: 'a', states: { a, b: {}, c: {} } })).toEqual([])
    const named = { invoke: { src: 'fetch', id: 'f' } }
    expect(messages({ initial: 'a', on: { 'xstate.error.actor.f': '.b' }, states: { a: named, b: {} } })).toEqual([])
    expect(messages({ initial: 'a', on: { 'xstate.error.*': '.b' }, states: { a: named, b: {} } })).toEqual([])
  })

  it('names an effect that is written in place by what there is', () => {
    const src = fromPromise(async () => 1)
    expect(messages({ initial: 'a', states: { a: { invoke: { src } } } })).toEqual([
      'a invokes an unnamed effect, and nothing takes its error.',
    ])
    expect(messages({ initial: 'a', states: { a: { invoke: { src, id: 'price' } } } })).toEqual([
      'a invokes price, and nothing takes its error.',
    ])
  })

  it('finds the invokes of the machine itself and of states around', () => {
    expect(messages({ invoke: { src: 'feed' } })).toEqual(['(root) invokes feed, and nothing takes its error.'])
    expect(
      messages({
        initial: 'a',
        states: { a: { invoke: { src: 'feed' }, initial: 'x', states: { x: {} } } },
      }),
    ).toEqual(['a invokes feed, and nothing takes its error.'])
  })
})
