import { describe, expect, it } from 'vitest'
import {
  amountText,
  bytesText,
  countText,
  durationText,
  rateText,
  spanText,
  wordsOf,
} from '../../src/console/parts/amounts.js'
import { eventName } from '../../src/console/parts/event-name.js'
import { plain, plainLine } from '../../src/console/parts/plain.js'

describe('text of actors', () => {
  it('shows what turns or hides text', () => {
    expect(plain('safe\u202egnp.exe')).toBe('safe\\u202egnp.exe')
    expect(plain('a\u0000b\u001b[31mc\u200bd\ufeff')).toBe('a\\u0000b\\u001b[31mc\\u200bd\\ufeff')
    expect(plain('lone \ud800 half')).toBe('lone \ufffd half')
  })

  it('keeps its lines, or becomes one', () => {
    expect(plain('one\n\ttwo')).toBe('one\n\ttwo')
    expect(plainLine('one\n\ttwo')).toBe('one two')
  })

  it('is cut before it is looked at: a megabyte costs no more than a line', () => {
    expect(plainLine('x'.repeat(1_000_000))).toHaveLength(401)
    expect(plain('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxxx…')
  })

  it('names XState’s own events by what they are', () => {
    expect(eventName('xstate.after.3000.light.on')).toBe('after 3 s')
    expect(eventName('xstate.after.90000.light.on')).toBe('after 90 s')
    expect(eventName('xstate.after.1500.light.on')).toBe('after 1500 ms')
    expect(eventName('xstate.promise.resolve')).toBe('resolved')
    expect(eventName('xstate.promise.constructor')).toBe('xstate.promise.constructor')
    expect(eventName('xstate.after.timeout.light.on')).toBe('after timeout')
    expect(eventName('xstate.done.actor.fetch')).toBe('done: fetch')
    expect(eventName('xstate.error.actor.0.busy')).toBe('error: 0.busy')
    for (const type of ['TOGGLE', 'xstate.init', 'xstate', 'xstate.done', 'a.b']) expect(eventName(type)).toBe(type)
  })
})

describe('figures', () => {
  it('are short, whatever their size', () => {
    expect([0, 9_980, 12_345, 999_960, 4_700_000].map(countText)).toEqual(['0', '9\u00a0980', '12k', '1.0M', '4.7M'])
    expect([0, 80_000, 1_240_000].map(bytesText)).toEqual(['0 B', '80 kB', '1.2 MB'])
    expect([0, 0.01, 0.44, 12.4, 1_250].map(rateText)).toEqual(['0', '<0.1', '0.4', '12', '1\u00a0250'])
    expect([0, 0.4, 9.96, 12.6, 1_500, 61_000].map(spanText)).toEqual([
      '0 ms',
      '0.4 ms',
      '10 ms',
      '13 ms',
      '1.5 s',
      '1 min 1 s',
    ])
    expect([0, 3_000, 65_000, 7_800_000, 90_000_000].map(durationText)).toEqual([
      '0 s',
      '3 s',
      '1 min 5 s',
      '2 h 10 min',
      '1 d 1 h',
    ])
  })

  it('have the unit of what is counted', () => {
    expect(amountText('costUsd', 1.2)).toBe('$1.20')
    expect(amountText('costUsd', 0.0123)).toBe('$0.0123')
    expect(amountText('wallMs', 65_000)).toBe('1 min 5 s')
    expect(amountText('tokens', 12_345)).toBe('12k')
    expect(['inputTokens', 'costUsd', 'wallMs', 'backingOff'].map(wordsOf)).toEqual([
      'input tokens',
      'cost',
      'time',
      'backing off',
    ])
  })
})
