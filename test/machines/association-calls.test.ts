import { describe, expect, it } from 'vitest'
import { chanceOf, reconnectDelayMs } from '../../machines/association/backoff.js'
import { adopt } from '../../machines/association/identity.js'
import { type Call, type CallSituation, type HeldConnection, judgeCall } from '../../machines/association/judge-call.js'
import { judgePositions } from '../../machines/association/positions.js'
import { faultOf, refusalKind } from '../../machines/association/refusals.js'
import { type Lanes, perLane } from '../../src/remote/protocol/lanes.js'
import { NetworkStage } from './association-stage.js'

const known = { storeId: 's', incarnation: 3 }
const situation = (more: Partial<CallSituation> = {}): CallSituation => ({
  node: 'a',
  peer: 'b',
  held: undefined,
  blocked: undefined,
  known,
  retired: [],
  ...more,
})
const held = (more: Partial<HeldConnection> = {}): HeldConnection => ({
  connection: 'old',
  dialledBy: 'self',
  peer: known,
  nonce: '5',
  isUp: true,
  ...more,
})
const call = (more: Partial<Call> = {}): Call => ({ connection: 'new', peer: known, nonce: '7', ...more })

/** `taken`, or why not, with a `?` if the held connection is to be looked at. */
function judged(given: Partial<CallSituation>, of: Partial<Call> = {}): string {
  const judgement = judgeCall(situation(given), call(of))
  return judgement.isTaken ? 'taken' : `${judgement.code}${judgement.isProbing ? '?' : ''}`
}

describe('a call', () => {
  it('is taken where nothing is held, and in a handshake by the node whose name comes second', () => {
    expect(judged({})).toBe('taken')
    const dialling = held({ peer: undefined, nonce: undefined, isUp: false })
    expect(judged({ held: dialling })).toBe('SUPERSEDED')
    expect(judged({ held: dialling, node: 'c' })).toBe('taken')
  })

  it('of the peer that dialled before is taken if it is newer', () => {
    for (const isUp of [true, false]) {
      const old = held({ dialledBy: 'peer', isUp })
      expect([judged({ held: old }), judged({ held: old }, { nonce: '3' })]).toEqual([
        'taken',
        isUp ? 'SUPERSEDED?' : 'SUPERSEDED',
      ])
    }
  })

  it("beside this node's own dial is decided by the names, and makes the first look whether its own is alive", () => {
    expect(judged({ held: held() })).toBe('SUPERSEDED?')
    expect(judged({ held: held({ isUp: false }) })).toBe('SUPERSEDED')
    expect(judged({ held: held(), node: 'c' })).toBe('taken')
  })

  it('that was dialled before what is up changes nothing', () => {
    expect(judged({ held: held() }, { nonce: '3' })).toBe('SUPERSEDED?')
    expect(judged({ held: held(), node: 'c' }, { nonce: '3' })).toBe('SUPERSEDED?')
    expect(judged({ held: held({ isUp: false }), node: 'c' }, { nonce: '3' })).toBe('taken')
  })

  it('of a new incarnation is taken whatever is held, of an old one never', () => {
    for (const node of ['a', 'c']) {
      expect(judged({ held: held(), node }, { peer: { storeId: 's', incarnation: 4 }, nonce: '0' })).toBe('taken')
      expect(judged({ held: held(), node }, { peer: { storeId: 's', incarnation: 2 } })).toBe('INCARNATION_OLD')
    }
    expect(judged({}, { peer: { storeId: 's', incarnation: 2 } })).toBe('INCARNATION_OLD')
  })

  it('from another store is taken only where nothing is held, from a replaced one never', () => {
    const peer = { storeId: 't', incarnation: 1 }
    expect(judged({}, { peer })).toBe('taken')
    expect(judged({ held: held() }, { peer })).toBe('NAME_TAKEN?')
    expect(judged({ held: held({ isUp: false }) }, { peer })).toBe('NAME_TAKEN')
    expect(judged({ retired: ['t'] }, { peer })).toBe('STORE_CHANGED')
  })

  it('from the store that an operator has to decide about is refused for the same reason', () => {
    const blocked = { storeId: 's', code: 'PEER_ROLLED_BACK' }
    expect(judged({ blocked })).toBe('PEER_ROLLED_BACK')
    expect(judged({ blocked }, { peer: { storeId: 't', incarnation: 1 } })).toBe('taken')
  })
})

describe('a peer that has lost the connection unheard', () => {
  it('is linked again long before the deadline, whoever dials', () => {
    const network = new NetworkStage({ deadlineMs: 60_000 }).start()
    network.flow()
    const { a, b } = network
    const lost = a.up!
    expect(lost.charAt(0)).toBe('a')
    network.pass(3_000)
    const wire = network.wires.get(lost)!
    wire.isOpen.listener = false
    wire.to.listener.length = 0
    b.actor.send({ type: 'LOST', connection: lost, code: 'LOST', reason: 'The cable is cut.', by: 'self' })
    network.pass(5_000)
    expect(a.of('probing').length).toBeGreaterThan(0)
    expect([a.link, b.link, a.up]).toEqual(['linked.up', 'linked.up', b.up])
    expect([a.of('nodeDown'), b.of('nodeDown')]).toEqual([[], []])
  })
})

describe('the parts of a link', () => {
  it('agree about the past, or say who has lost some of it', () => {
    const judged = (lane: 0 | 1 | 2, received: number, sent?: number) => {
      const inLane = (count: number): Lanes => perLane((each) => (each === lane ? count : 0))
      const ours = { sent: inLane(9), confirmed: inLane(7), received: inLane(4) }
      const theirs = { received: inLane(received), ...(sent !== undefined && { sent: inLane(sent) }) }
      return judgePositions({ ours, theirs })
    }
    for (const lane of [0, 1, 2] as const) {
      expect(judged(lane, 7, 4)).toBeUndefined()
      expect(judged(lane, 9)).toBeUndefined()
      expect(judged(lane, 6)).toBe('PEER_ROLLED_BACK')
      expect(judged(lane, 8, 3)).toBe('PEER_ROLLED_BACK')
      expect(judged(lane, 10)).toBe('POSITION_IMPOSSIBLE')
    }
  })

  it('tell what an operator has to do from what passes', () => {
    const kind = (code: string, by: 'self' | 'peer' = 'self') => refusalKind({ code, reason: '', by })
    expect(['AUTH_FAILED', 'VERSION_UNSUPPORTED', 'NAME_MISMATCH'].map((code) => kind(code))).toEqual(
      Array(3).fill('slowly'),
    )
    expect([kind('PEER_ROLLED_BACK'), kind('PEER_ROLLED_BACK', 'peer')]).toEqual(['untilReset', 'slowly'])
    expect([kind('SUPERSEDED'), kind('TIMEOUT'), kind('NAME_TAKEN', 'peer')]).toEqual(Array(3).fill('never'))
    expect(faultOf('boom')).toEqual({ code: 'FAILED', reason: 'boom', by: 'self' })
  })

  it('remember the last stores of a peer, and no more', () => {
    let identity = { known: undefined, retired: [] } as Parameters<typeof adopt>[0]
    for (let life = 0; life < 40; life++) identity = adopt(identity, { storeId: `s${life}`, incarnation: 1 })
    expect([identity.retired.length, identity.retired.at(-1), identity.known?.storeId]).toEqual([16, 's38', 's39'])
  })

  it('wait for different times at different nodes, and for the same time again', () => {
    const backoff = { initialMs: 200, factor: 2, maxMs: 30_000, jitter: 0.2 }
    const chances = Array.from({ length: 1_000 }, (_, index) => chanceOf(`node-${index} peer 3 3`))
    expect(new Set(chances).size).toBeGreaterThan(990)
    expect(Math.abs(chances.reduce((sum, each) => sum + each, 0) / 1_000 - 0.5)).toBeLessThan(0.05)
    expect(chances.every((chance) => chance >= 0 && chance < 1)).toBe(true)
    expect(chanceOf('a b 1 1')).toBe(chanceOf('a b 1 1'))
    expect(reconnectDelayMs(backoff, 2_000, 0.5)).toBe(30_000)
    expect([0, 0.5, 0.999].map((chance) => reconnectDelayMs(backoff, 1, chance))).toEqual([160, 200, 239])
  })
})
