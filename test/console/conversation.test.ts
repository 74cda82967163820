import { describe, expect, it } from 'vitest'
import { joined } from '../../src/console/conversation/live-messages.js'
import { OUTSIDE, sequenceOf } from '../../src/console/conversation/sequence.js'
import type { ToldMessage } from '../../src/control/protocol/lists.js'
import type { TimelineItem } from '../../src/control/protocol/live.js'

type Unit = Extract<TimelineItem, { kind: 'unit' }>

const message = (from: string | undefined, to: string, type: string, seqNr = 1): ToldMessage => ({
  from,
  to,
  event: { type },
  atMs: 0,
  record: { path: to, seqNr },
})

const unit = (path: string, seqNr: number, cause?: Unit['cause']): Unit => ({
  kind: 'unit',
  atMs: 5,
  ms: 1,
  path,
  logic: 'worker',
  seqNr,
  event: { type: 'MORE' },
  from: cause?.path,
  cause,
  outcome: 'handled',
  isMove: false,
  turn: 1,
  commit: 1,
  sent: [],
})

const TALK = [
  message(undefined, 'boss', 'TASK'),
  message('boss', 'clerk', 'WRITE'),
  message('clerk', 'boss', 'DONE', 2),
]

describe('a sequence', () => {
  it('has a column for each who has a part, the outside first', () => {
    expect(sequenceOf(TALK, { actor: '', type: '' }).columns).toEqual([OUTSIDE, 'boss', 'clerk'])
  })

  it('is filtered by actor and by type of event', () => {
    const types = (filter: { actor: string; type: string }) =>
      sequenceOf(TALK, filter).messages.map(({ event }) => event.type)
    expect(types({ actor: 'clerk', type: '' })).toEqual(['WRITE', 'DONE'])
    expect(types({ actor: '', type: 'TASK' })).toEqual(['TASK'])
    expect(types({ actor: 'clerk', type: 'TASK' })).toEqual([])
  })
})

describe('a conversation that goes on', () => {
  it('grows by what its records cause, and by what that causes', () => {
    const grown = joined(TALK, [
      unit('clerk', 7, { path: 'boss', seqNr: 2 }),
      unit('printer', 1, { path: 'clerk', seqNr: 7 }),
      unit('stranger', 1, { path: 'other', seqNr: 1 }),
      unit('timer', 1),
    ])
    expect(grown.slice(3).map(({ from, to }) => `${from} to ${to}`)).toEqual(['boss to clerk', 'clerk to printer'])
  })

  it('takes each record once, and stays itself if nothing is new', () => {
    const again = unit('clerk', 1, { path: 'boss', seqNr: 1 })
    expect(joined(TALK, [again])).toBe(TALK)
  })
})
