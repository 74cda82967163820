import { describe, expect, it } from 'vitest'
import {
  type JournalRecord,
  packCause,
  packRecord,
  unpackCause,
  unpackHead,
  unpackRecord,
} from '../../src/persistence/records.js'

const record: JournalRecord = {
  kind: 'event',
  timeMs: 5,
  event: { type: 'GO' },
  from: undefined,
  key: undefined,
  outcome: 'handled',
  delta: undefined,
  replies: undefined,
}

describe('a journal record', () => {
  it('without a cause is written as ever', () => {
    expect(packRecord(record)).toEqual(['event', 5, { type: 'GO' }, null, null, 'handled', null])
    expect(packRecord({ ...record, replies: [['k', 1]] })).toHaveLength(8)
  })

  it.each([
    ['of its sender', 'boss', { path: 'boss', seqNr: 7 }, 7],
    ['of the actor that its sender is inside of', 'boss#1-4.3', { path: 'boss', seqNr: 7 }, 7],
    ['of another actor', 'boss', { path: 'boss/w', seqNr: 7 }, ['boss/w', 7]],
    ['of an actor, where nobody has sent it', undefined, { path: 'a', seqNr: 7 }, ['a', 7]],
  ])('with a cause %s is read as it was', (_of, from, cause, packed) => {
    expect(packCause(cause, from)).toEqual(packed)
    expect(unpackCause(packed, from)).toEqual(cause)
    const whole = packRecord({ ...record, from, cause })
    expect(whole).toHaveLength(9)
    expect(unpackRecord(whole, 'j/a:1')).toEqual({ ...record, from, cause })
    const replies = [['k', 1]] as const
    expect(unpackRecord(packRecord({ ...record, from, cause, replies }), 'j/a:1')).toEqual({
      ...record,
      from,
      cause,
      replies,
    })
  })

  it('of an older Roscius has no cause', () => {
    const packed = ['event', 5, { type: 'GO' }, 'boss', null, 'handled', null]
    expect(unpackRecord(packed, 'j/a:1')).toEqual({ ...record, from: 'boss', cause: undefined })
    expect(unpackRecord([...packed, [['k', 1]]], 'j/a:1')).toMatchObject({ replies: [['k', 1]], cause: undefined })
  })
})

describe('a head', () => {
  it('of an older Roscius has neither an order nor the cause of its start', () => {
    const packed = [
      'lamp',
      '1',
      'h',
      'active',
      'durable',
      undefined,
      1,
      1,
      1,
      {},
      [],
      { type: 'xstate.init' },
      undefined,
    ]
    expect(unpackHead(packed, 'a/x')).toMatchObject({ order: 0, startCause: undefined })
    expect(unpackHead([...packed, 3], 'a/x')).toMatchObject({ order: 3, startCause: undefined })
    expect(unpackHead([...packed, 3, ['boss', 2]], 'a/x')).toMatchObject({ startCause: { path: 'boss', seqNr: 2 } })
  })
})
