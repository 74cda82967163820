import { RosciusError, type SystemEvent } from 'roscius'
import { describe, expect, it } from 'vitest'
import { noticeOf } from '../../../src/inspect/live/notices.js'
import { Shown } from '../../../src/inspect/live/shown.js'

const shown = new Shown()
const error = new RosciusError('ACTOR_FAILED', 'a: its password=hunter2hunter2 is wrong')
const thrown = new TypeError('no password=abcdefghijkl here')

/** One of each type: a new one is missed by the compiler. */
const EVENTS: { readonly [K in SystemEvent['type']]: SystemEvent & { readonly type: K } } = {
  actorStarted: { type: 'actorStarted', path: 'a', logic: 'worker' },
  actorDone: { type: 'actorDone', path: 'a', output: 1 },
  actorFailed: { type: 'actorFailed', path: 'a', error: thrown },
  actorStopped: { type: 'actorStopped', path: 'a' },
  actorQuarantined: { type: 'actorQuarantined', path: 'a', error },
  actorCancelled: { type: 'actorCancelled', path: 'a', reason: 'too late' },
  actorMigrated: { type: 'actorMigrated', path: 'a', from: '1', to: '2' },
  scopesRefused: { type: 'scopesRefused', path: 'a', refused: ['fs.write', 'net'] },
  childFailed: {
    type: 'childFailed',
    path: 'b/a',
    supervisor: 'b',
    error: thrown,
    failureClass: 'bug',
    decision: 'restart',
    rule: 'failed',
  },
  childRestarted: { type: 'childRestarted', path: 'b/a', supervisor: 'b', from: 'lastGood', restarts: 2 },
  childBackingOff: { type: 'childBackingOff', path: 'b/a', supervisor: 'b', delayMs: 1_500 },
  childGivenUp: { type: 'childGivenUp', path: 'b/a', supervisor: 'b', error: thrown },
  groupRestarting: { type: 'groupRestarting', path: 'b', strategy: 'oneForAll', children: ['a', 'c'] },
  intensityExceeded: { type: 'intensityExceeded', path: 'b', child: 'b/a', maxRestarts: 3, withinMs: 5_000 },
  rootFailed: { type: 'rootFailed', error: thrown },
  actorPaused: { type: 'actorPaused', path: 'a', by: 'ann', reason: 'the disk is full' },
  actorResumed: { type: 'actorResumed', path: 'a', by: undefined, reason: undefined },
  actorRestarted: { type: 'actorRestarted', path: 'a', from: 'initial', by: 'ann', reason: undefined },
  deadLetter: { type: 'deadLetter', path: 'a', reason: 'mailboxFull', event: { type: 'PAY', card: 'x' } },
  staleMail: { type: 'staleMail', path: 'a', kind: 'timer' },
  outcomeUnknown: { type: 'outcomeUnknown', path: 'a', effectId: 'a:1', action: 'mail' },
  effectFault: { type: 'effectFault', path: 'a', effectId: 'a:1', error: thrown },
  effectTimedOut: { type: 'effectTimedOut', path: 'a', effectId: 'a:1', attempt: 2, silentMs: 30_000 },
  threadBlocked: { type: 'threadBlocked', path: 'a', ms: 300, during: 'transition', event: 'PAY' },
  halted: { type: 'halted', error },
  approvalRequested: {
    type: 'approvalRequested',
    path: 'a',
    approvalId: '1',
    tool: 'wipe',
    risk: 'danger',
    what: 'wipe disk b',
    expiresMs: 1,
  },
  approvalDecided: {
    type: 'approvalDecided',
    path: 'a',
    approvalId: '1',
    decision: 'denied',
    by: 'ann',
    reason: undefined,
    atMs: 1,
  },
  approvalEscalated: { type: 'approvalEscalated', path: 'a', approvalId: '1', to: 'ben', atMs: 1 },
  approvalExpired: { type: 'approvalExpired', path: 'a', approvalId: '1', reason: 'late', atMs: 1 },
  approvalWithdrawn: { type: 'approvalWithdrawn', path: 'a', approvalId: '1', reason: 'ended', atMs: 1 },
  budgetWarning: {
    type: 'budgetWarning',
    path: 'a',
    account: 'team',
    dimension: 'costMicroUsd',
    limit: 5_000_000,
    used: 4_120_000,
  },
  budgetExhausted: {
    type: 'budgetExhausted',
    path: 'a',
    account: 'team',
    dimension: 'inputTokens',
    limit: 100,
    left: 7,
    wanted: 20,
  },
  memoryEvicted: { type: 'memoryEvicted', namespace: 'notes', ids: ['1', '2'] },
  memoryEmbedderChanged: { type: 'memoryEmbedderChanged', from: 'x', to: undefined, items: 7 },
  memoryEmbeddingFailed: { type: 'memoryEmbeddingFailed', path: undefined, error: thrown },
  linkChanged: { type: 'linkChanged', peer: 'b', state: 'backingOff', code: 'DIAL_FAILED' },
  nodeDown: { type: 'nodeDown', peer: 'b' },
  nodeUp: { type: 'nodeUp', peer: 'b' },
  peerRestarted: { type: 'peerRestarted', peer: 'b', incarnation: 3 },
  peerReset: { type: 'peerReset', peer: 'b', storeId: 's' },
  linkRefused: { type: 'linkRefused', peer: undefined, code: 'AUTH_FAILED', by: 'self', message: 'wrong token' },
  peerDenied: { type: 'peerDenied', peer: 'b', path: 'vault', what: 'send' },
}

const textOf = <K extends SystemEvent['type']>(type: K): string => noticeOf(EVENTS[type], 7, shown).text

describe('a notice', () => {
  it.each(Object.values(EVENTS))('says $type in one sentence, without secrets', (event) => {
    const { kind, atMs, type, text, level } = noticeOf(event, 7, shown)
    expect({ kind, atMs, type }).toEqual({ kind: 'notice', atMs: 7, type: event.type })
    expect(text).toMatch(/^\S.{8,}\S$/)
    expect(text).not.toMatch(/undefined|\[object|hunter2|abcdefghijkl|\n/)
    expect(['info', 'warning', 'error']).toContain(level)
  })

  it('reads as a person would say it', () => {
    expect(textOf('childFailed')).toBe('b/a has failed, and is restarted: TypeError: no password=[redacted] here')
    expect(textOf('childRestarted')).toBe('b/a was restarted from its last good state, for the 2nd time.')
    expect(textOf('actorPaused')).toBe('a was paused by ann: the disk is full.')
    expect(textOf('deadLetter')).toBe('PAY for a is a dead letter: its mailbox is full.')
    expect(textOf('budgetWarning')).toBe('team has used $4.12 of $5.00.')
    expect(textOf('budgetExhausted')).toBe('a was refused 20 input tokens: team has 7 left.')
    expect(textOf('linkChanged')).toBe('The link to b is backing off (DIAL_FAILED).')
  })

  it('is an error where somebody must look, a warning where somebody may', () => {
    const levels = (level: string) =>
      Object.values(EVENTS).flatMap((event) => (noticeOf(event, 0, shown).level === level ? [event.type] : []))
    expect(levels('error')).toEqual([
      'actorFailed',
      'actorQuarantined',
      'childGivenUp',
      'intensityExceeded',
      'rootFailed',
      'halted',
      'budgetExhausted',
      'nodeDown',
      'linkRefused',
    ])
    expect(levels('info')).toContain('actorStarted')
    expect(noticeOf({ ...EVENTS.linkChanged, state: 'up', code: 'DIAL_FAILED' }, 0, shown).level).toBe('info')
  })

  it('is short, whatever was thrown', () => {
    const { text } = noticeOf({ type: 'actorFailed', path: 'a', error: new Error('x '.repeat(1_000_000)) }, 0, shown)
    expect(text.length).toBeLessThanOrEqual(400)
  })
})
