import { describe, expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { remoteSnapshot } from '../../../src/remote/subscriptions/remote-snapshot.js'
import { snapshotOf } from '../../../src/remote/subscriptions/snapshot-shape.js'
import { recorder, TwoSides } from './two-sides.js'

const machineSnapshot = {
  status: 'active',
  value: { paid: { packing: 'started' } },
  context: { items: 3 },
  historyValue: {},
  children: { helper: { src: 'helper' } },
  tags: ['busy'],
} as const

interface AsOfMachine {
  matches(value: unknown): boolean
  hasTag(tag: string): boolean
  can(event: unknown): boolean
  getMeta(): unknown
}

describe('a snapshot of an actor of another node', () => {
  test('of a machine answers matches and hasTag', () => {
    const snapshot = shown(machineSnapshot) as AsOfMachine
    const values = ['paid', { paid: 'packing' }, { paid: { packing: 'started' } }, 'open', { paid: 'sent' }]
    expect(values.map((value) => snapshot.matches(value))).toEqual([true, true, true, false, false])
    expect([snapshot.hasTag('busy'), snapshot.hasTag('idle')]).toEqual([true, false])
    expect(snapshot).toMatchObject({ status: 'active', context: { items: 3 }, seqNr: 7, children: {} })
  })

  test('says why it can not answer what needs the machine', () => {
    const snapshot = shown(machineSnapshot) as AsOfMachine
    const unsupported = expect.objectContaining({ code: 'REMOTE_UNSUPPORTED', address: 'roscius://b/order' })
    expect(() => snapshot.can({ type: 'PAY' })).toThrow(unsupported)
    expect(() => snapshot.getMeta()).toThrow(unsupported)
  })

  test('becomes JSON as that of XState does', () => {
    const snapshot = { ...machineSnapshot, children: {} }
    expect(JSON.parse(JSON.stringify(shown(machineSnapshot)))).toEqual({ ...snapshot, seqNr: 7 })
  })

  test('of other logic is what that logic persists, whatever its fields are called', () => {
    const odd = { status: 'done', output: 1, value: 42, context: [], tags: 'none', matches: 'no' }
    expect(shown(odd)).toEqual({ ...odd, seqNr: 7 })
    expect(shown({ status: 'active', context: 5 })).toEqual({ status: 'active', context: 5, seqNr: 7 })
  })

  test('takes no tags but texts', () => {
    expect(shown({ ...machineSnapshot, tags: ['a', 1, null] })).toMatchObject({ tags: new Set(['a']) })
    expect(shown({ ...machineSnapshot, tags: 'busy' })).toMatchObject({ tags: new Set() })
  })

  test('may be made whole by logic that this node has, and is as above where that fails', async () => {
    const logic = createMachine({ initial: 'idle', states: { idle: { on: { GO: 'gone' } }, gone: {} } })
    const sides = new TwoSides({
      subscriber: {
        restore: (path, snapshot) => {
          if (path === 'old') throw new Error('a state that is gone')
          return logic.resolveState({ value: snapshot.value as string, context: snapshot.context as object })
        },
      },
    })
    for (const path of ['new', 'old']) {
      sides.actors.commit(path, {})
      sides.near.subscribe(path, recorder())
    }
    await sides.settle()
    const [whole, plain] = ['new', 'old'].map((path) => sides.near.latest(path) as AsOfMachine)
    expect([whole?.can({ type: 'GO' }), whole?.matches('idle'), plain?.matches('idle')]).toEqual([true, true, true])
  })
})

function shown(persisted: unknown): object {
  return remoteSnapshot(snapshotOf(persisted), 7, 'roscius://b/order')
}
