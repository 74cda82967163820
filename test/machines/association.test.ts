import { describe, expect, it } from 'vitest'
import { initialContext } from '../../machines/association/context.js'
import type { AssociationOptions } from '../../machines/association/options.js'
import { createAssociationMachine } from '../../machines/association.js'
import { checkMachine } from '../../src/analysis/check-machine.js'
import { NO_LANES } from '../../src/remote/protocol/lanes.js'
import { NetworkStage } from './association-stage.js'

/** Of two nodes that only `a` connects, what has come to rest. */
function dialledByA(options: AssociationOptions = {}): NetworkStage {
  const network = new NetworkStage(options)
  network.a.start()
  network.b.start({})
  network.flow()
  return network
}

const typesOf = (emitted: readonly { readonly type: string }[]): string[] => emitted.map(({ type }) => type)

describe('a link', () => {
  it('is dialled by one, awaited by the other, and up for both', () => {
    const { a, b } = dialledByA()
    expect([a.link, b.link]).toEqual(['linked.up', 'linked.up'])
    expect(typesOf(a.emitted)).toEqual(['dialling', 'connected', 'up', 'nodeUp'])
    expect(a.of('up')).toEqual([
      { type: 'up', connection: 'a1', attempt: 1, rttMs: 8, storeId: 'b-store', incarnation: 1 },
    ])
    expect(typesOf(b.emitted)).toEqual(['connected', 'up', 'nodeUp'])
    expect(b.of('connected')[0]).toMatchObject({ dialledBy: 'peer', attempt: 0 })
    expect([a.region('detector'), a.region('identity')]).toEqual(['alive', 'known'])
  })

  it('goes through each of its states on the way', () => {
    const network = new NetworkStage()
    network.a.start()
    network.b.start({})
    for (let [step] = network.steps(); step !== undefined; [step] = network.steps()) step.take()
    for (const state of ['connecting', 'handshaking', 'resuming.exchanging', 'resuming.replaying', 'linked.up'])
      expect([...network.a.states]).toContain(state)
    expect([...network.b.states]).toEqual(expect.arrayContaining(['idle', 'resuming.exchanging', 'linked.up']))
  })

  it('knows since when it is where it is, by the time that it was told', () => {
    const network = new NetworkStage()
    const { a } = network
    a.start()
    expect(a.context.sinceMs).toBeUndefined()
    a.pass(500)
    expect([a.link, a.context.sinceMs]).toEqual(['connecting', 500])
    a.pass(1_000)
    network.b.start({})
    network.flow()
    network.pass(20_000)
    expect([a.link, a.context.sinceMs]).toEqual(['linked.up', 1_500])
    network.isPartitioned = true
    network.pass(10_000)
    expect([a.link, a.context.sinceMs]).toEqual(['backingOff', 31_500])
  })

  it('is dialled again after a wait that doubles, with jitter, up to a bound', () => {
    const network = new NetworkStage()
    network.a.start()
    network.b.start({}).crash()
    network.pass(200_000, 50)
    const waits = network.a.of('backingOff').map(({ delayMs }) => delayMs)
    expect(waits.length).toBeGreaterThan(8)
    for (const [index, waitMs] of waits.entries()) {
      const plainMs = Math.min(5_000, 200 * 2 ** index)
      expect(waitMs).toBeGreaterThanOrEqual(Math.floor(plainMs * 0.8))
      expect(waitMs).toBeLessThanOrEqual(plainMs * 1.2)
    }
    expect(new Set(waits.slice(-3)).size).toBe(3)
    expect(network.a.of('lost')[0]).toMatchObject({ code: 'PEER_UNREACHABLE', by: 'self', connection: undefined })
  })

  it('forgets its failures only after it has been up for a while', () => {
    const network = dialledByA({ stableMs: 5_000 })
    const { a } = network
    network.cut()
    network.flow()
    expect(a.of('backingOff').at(-1)?.streak).toBe(1)
    network.pass(2_000)
    network.cut()
    network.flow()
    expect(a.of('backingOff').at(-1)?.streak).toBe(2)
    network.pass(10_000)
    network.cut()
    network.flow()
    expect(a.of('backingOff').at(-1)?.streak).toBe(1)
  })

  it.each([
    ['connecting', 'dial', {}],
    ['handshaking', 'hello', {}],
    ['resuming.exchanging', 'welcome', {}],
  ])('waits no longer than its timeout while %s', (state, until) => {
    const network = new NetworkStage({ deadlineMs: 100_000 })
    network.b.start({})
    network.a.start()
    while (!network.steps()[0]?.name.includes(until)) network.steps()[0]!.take()
    expect(network.a.link).toBe(state)
    network.isPartitioned = true
    network.a.pass(9_999)
    expect(network.a.link).toBe(state)
    network.a.pass(1)
    expect([network.a.link, network.a.of('lost')[0]?.code]).toEqual(['backingOff', 'TIMEOUT'])
    expect([...network.wires.values()].some(({ isOpen }) => isOpen.dialler)).toBe(false)
  })

  it('is degraded while heartbeats are late, and recovers', () => {
    const network = dialledByA()
    const { a } = network
    network.pass(5_000)
    for (let second = 0; second < 5; second++) a.pass(1_000)
    expect([a.link, a.region('detector')]).toEqual(['linked.degraded', 'suspicious'])
    expect(a.of('degraded')[0]!.phi).toBeGreaterThanOrEqual(8)
    network.flow()
    expect([a.link, a.region('detector')]).toEqual(['linked.up', 'alive'])
    expect(a.of('recovered')).toHaveLength(1)
    expect([a.of('nodeDown'), a.of('lost')]).toEqual([[], []])
    expect(a.context.rttMs).toBeGreaterThan(8)
  })

  it('tells once that the peer is down, after the deadline, dials on, and tells when it is back', () => {
    const network = dialledByA()
    const { a } = network
    network.pass(1_000)
    network.isPartitioned = true
    network.pass(9_000)
    expect(a.of('nodeDown')).toEqual([])
    network.pass(1_000)
    expect([a.of('nodeDown'), a.region('detector')]).toEqual([[{ type: 'nodeDown', silentMs: 10_000 }], 'down'])
    expect(a.of('lost')[0]).toMatchObject({ code: 'HEARTBEAT_LOST', connection: 'a1' })
    network.pass(600_000)
    expect(a.of('nodeDown')).toHaveLength(1)
    network.isPartitioned = false
    network.pass(60_000)
    expect([a.link, a.region('detector')]).toEqual(['linked.up', 'alive'])
    expect([a.of('nodeUp').length, a.of('nodeDown').length]).toEqual([2, 1])
  })

  it('tells of no loss when it is up again before the deadline', () => {
    const network = dialledByA()
    network.cut()
    network.pass(5_000)
    expect(network.a.link).toBe('linked.up')
    expect([network.a.of('nodeDown'), network.a.of('nodeUp').length]).toEqual([[], 1])
  })

  it('tells that a peer is down that was never there', () => {
    const network = new NetworkStage()
    network.a.start()
    network.b.start().crash()
    network.pass(9_000)
    expect(network.a.of('nodeDown')).toEqual([])
    network.pass(2_000)
    expect(network.a.of('nodeDown')).toHaveLength(1)
  })

  it('takes jumps of its own clock for no silence of the peer', () => {
    const network = dialledByA()
    for (const jumpMs of [3_600_000, -7_200_000, 86_400_000]) {
      network.a.pass(1_000, jumpMs)
      network.flow()
      network.pass(2_000)
    }
    expect(network.a.emitted.filter(({ type }) => ['degraded', 'lost', 'nodeDown'].includes(type))).toEqual([])
  })
})

describe('the identity of a peer', () => {
  it('that comes back with a new incarnation ends what the old one held', () => {
    const network = dialledByA()
    const { a, b } = network
    a.crash({ isTold: false })
    a.restart()
    network.flow()
    expect([a.link, b.link, b.up]).toEqual(['linked.up', 'linked.up', 'a2'])
    expect(b.of('superseded')).toEqual([{ type: 'superseded', connection: 'a1', by: 'a2' }])
    expect(b.of('peerRestarted')).toEqual([{ type: 'peerRestarted', storeId: 'a-store', from: 1, to: 2 }])
  })

  it('of an old incarnation is refused, called or dialled, until an operator takes it', () => {
    const network = dialledByA()
    const { a, b } = network
    a.crash()
    a.incarnation = 5
    a.restart()
    network.pass(1_000)
    a.crash()
    a.incarnation = 4
    a.restart()
    network.pass(1_000)
    expect(b.of('callRefused').at(-1)).toMatchObject({ code: 'INCARNATION_OLD', incarnation: 4 })
    expect([a.link, a.context.fault?.by]).toEqual(['refused.slowly', 'peer'])
    b.actor.send({ type: 'PEER_ADDED', address: 'there' })
    network.pass(1_000)
    expect([b.link, b.context.fault?.code]).toEqual(['refused.slowly', 'INCARNATION_OLD'])
    b.actor.send({ type: 'RESET' })
    network.pass(2_000)
    expect([a.link, b.link, b.context.known?.incarnation]).toEqual(['linked.up', 'linked.up', 4])
  })

  it('that has another store is told before positions are, which start anew; the old store does not come back', () => {
    const network = dialledByA()
    const { a, b } = network
    b.numbers.set('a-store', { sent: [0, 7, 1], confirmed: [0, 7, 1], received: [2, 9, 0] })
    a.crash({ isWiped: true })
    a.restart()
    network.flow()
    expect(b.of('peerReset')).toEqual([{ type: 'peerReset', from: 'a-store', to: 'a-store+' }])
    expect(typesOf(b.emitted).lastIndexOf('peerReset')).toBeLessThan(typesOf(b.emitted).lastIndexOf('up'))
    expect(b.resumed.at(-1)).toMatchObject({ peer: { storeId: 'a-store+' }, isReset: false })
    expect([b.link, b.region('identity'), [...b.states].includes('changed')]).toEqual(['linked.up', 'known', true])
    a.crash()
    a.storeId = 'a-store'
    a.restart()
    network.pass(1_000)
    expect([a.link, b.of('callRefused').at(-1)?.code]).toEqual(['refused.slowly', 'STORE_CHANGED'])
    b.actor.send({ type: 'PEER_ADDED', address: 'there' })
    network.pass(1_000)
    expect([b.link, b.of('refused').at(-1)?.retry]).toEqual(['refused.untilReset', 'untilReset'])
  })

  it('that calls from another store while its link lives is refused, and the link is looked at', () => {
    const network = dialledByA()
    const { b } = network
    const peer = { storeId: 'twin', incarnation: 1 }
    network.wires.set('twin', Object.assign(Object.create(network.wires.get('a1')!), { id: 'twin', close: () => {} }))
    b.actor.send({ type: 'CALLED', connection: 'twin', peer, nonce: '9' })
    expect(b.of('callRefused')[0]).toMatchObject({ code: 'NAME_TAKEN', storeId: 'twin' })
    expect(b.of('probing')).toEqual([{ type: 'probing', connection: 'a1' }])
    network.wires.delete('twin')
    network.pass(10_000)
    expect([b.up, b.of('peerReset')]).toEqual(['a1', []])
  })
})

describe('two pasts that differ', () => {
  const rolledBack = () => {
    const network = new NetworkStage()
    // In the lane of low priority alone.
    network.a.numbers.set('b-store', { sent: [4, 2, 9], confirmed: [3, 2, 7], received: [0, 1, 3] })
    network.b.numbers.set('a-store', { sent: [0, 1, 3], confirmed: [0, 1, 3], received: [4, 2, 5] })
    network.start()
    network.pass(60_000)
    return network
  }

  it('keep the link down until an operator resets it, and nothing is sent again', () => {
    const network = rolledBack()
    const { a, b } = network
    expect([a.link, b.link]).toEqual(['refused.untilReset', 'refused.slowly'])
    expect(a.of('refused')).toEqual([expect.objectContaining({ code: 'PEER_ROLLED_BACK', retry: 'untilReset' })])
    expect(b.of('refused')[0]).toMatchObject({ code: 'PEER_ROLLED_BACK', retry: 'slowly', by: 'peer' })
    network.pass(700_000, 10_000)
    expect([a.link, b.link]).toEqual(['refused.untilReset', 'refused.slowly'])
    expect(a.of('callRefused').at(-1)?.code).toBe('PEER_ROLLED_BACK')
    expect(a.of('up')).toEqual([])
    expect([...a.states]).not.toContain('resuming.replaying')
    a.actor.send({ type: 'RESET' })
    network.pass(2_000)
    expect([a.link, b.link, a.resumed.at(-1)?.isReset]).toEqual(['linked.up', 'linked.up', true])
    // What the peer has counts; what waits keeps its numbers.
    expect(a.numbersWith('b-store')).toEqual({ sent: [4, 2, 9], confirmed: [4, 2, 5], received: [0, 1, 3] })
    expect([a.context.isReset, typesOf(a.emitted).includes('reset')]).toEqual([false, true])
  })

  it('are told apart: a peer that confirms what it was never sent', () => {
    const network = new NetworkStage()
    network.a.numbers.set('b-store', { sent: [2, 9, 9], confirmed: [1, 0, 0], received: NO_LANES })
    network.b.numbers.set('a-store', { sent: NO_LANES, confirmed: NO_LANES, received: [4, 0, 0] })
    network.start()
    network.pass(10_000)
    expect(network.a.of('refused')[0]).toMatchObject({ code: 'POSITION_IMPOSSIBLE', retry: 'untilReset' })
    // For the other side its peer was rolled back: it has sent less than arrived.
    expect(network.b.of('refused')[0]?.code).toMatch(/PEER_ROLLED_BACK|POSITION_IMPOSSIBLE/)
  })

  it('end with the store that had one of them', () => {
    const network = rolledBack()
    network.b.crash({ isWiped: true })
    network.b.restart()
    network.pass(60_000)
    expect([network.a.link, network.a.of('peerReset').length]).toEqual(['linked.up', 1])
  })
})

describe('commands', () => {
  it('add and remove the address of a peer', () => {
    const network = new NetworkStage()
    const { a } = network
    a.start({})
    network.b.start({})
    expect(a.link).toBe('idle')
    a.actor.send({ type: 'PEER_ADDED', address: '' })
    expect(a.link).toBe('idle')
    a.actor.send({ type: 'PEER_ADDED', address: 'there' })
    expect(a.link).toBe('connecting')
    a.actor.send({ type: 'PEER_REMOVED' })
    expect([a.link, a.dials]).toEqual(['idle', []])
    a.actor.send({ type: 'PEER_ADDED', address: 'there' })
    network.flow()
    a.actor.send({ type: 'PEER_REMOVED' })
    expect(a.link).toBe('linked.up')
    network.cut()
    network.flow()
    expect(a.link).toBe('idle')
  })

  it('bring a new address into use at once where the old one is waited for', () => {
    const network = new NetworkStage()
    network.b.start({}).crash()
    network.a.start()
    network.flow()
    expect(network.a.link).toBe('backingOff')
    network.a.actor.send({ type: 'PEER_ADDED', address: 'there' })
    expect(network.a.link).toBe('backingOff')
    network.a.actor.send({ type: 'PEER_ADDED', address: 'elsewhere' })
    expect([network.a.link, network.a.of('dialling').at(-1)?.address]).toEqual(['connecting', 'elsewhere'])
  })

  it('close the link for good, without a word to a peer that calls', () => {
    const network = dialledByA()
    const { a, b } = network
    b.actor.send({ type: 'CLOSE' })
    expect(b.link).toBe('closing')
    network.flow()
    expect([b.link, b.actor.getSnapshot().status, typesOf(b.emitted).at(-1)]).toEqual(['closed', 'done', 'closed'])
    expect([a.link, a.context.fault]).toMatchObject(['backingOff', { code: 'CLOSED', by: 'peer' }])
  })

  it('close what hangs, in time, and refuse calls meanwhile', () => {
    const network = dialledByA()
    const { b } = network
    b.actor.send({ type: 'CLOSE' })
    b.actor.send({ type: 'CALLED', connection: 'a1', peer: network.a.identity, nonce: '9' })
    expect(network.wires.get('a1')!.isOpen.listener).toBe(false)
    b.clock.increment(5_000)
    expect(b.link).toBe('closed')
  })

  it('close at once what holds no connection', () => {
    const network = new NetworkStage()
    network.a.start()
    network.a.actor.send({ type: 'CLOSE' })
    expect([network.a.link, network.a.dials]).toEqual(['closed', []])
  })
})

describe('the machine of a link', () => {
  it('has nothing that the check finds', () => {
    expect(checkMachine(createAssociationMachine())).toEqual([])
  })

  it('takes no options and no input that can not be read', () => {
    const invalid = (field: string) => expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field } })
    expect(() => createAssociationMachine({ deadlineMs: 1_500 })).toThrow(invalid('deadlineMs'))
    expect(() => createAssociationMachine({ backoff: { jitter: 2 } })).toThrow(invalid('backoff.jitter'))
    expect(() => initialContext({ node: 'a', peer: 'a' })).toThrow(invalid('peer'))
    expect(() => initialContext({ node: 'a', peer: 'b', address: '' })).toThrow(invalid('address'))
    const known = { storeId: 's', incarnation: -1 }
    expect(() => initialContext({ node: 'a', peer: 'b', known })).toThrow(invalid('known.incarnation'))
  })
})
