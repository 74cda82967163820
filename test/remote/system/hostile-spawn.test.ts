import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'
import { AUTH, RawPeer } from './raw-peer.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic, { auth: AUTH })
})
afterEach(() => nodes.close())

/** A peer that may start one logic at one place asks for it with `options`. Answers the code that it was told, if it was. */
async function spawned(options: Record<string, unknown>) {
  const b = await nodes.open('b', { peers: { m: { allow: { spawn: [{ logic: ['tally'], paths: ['*'] }] } } } })
  const peer = await RawPeer.dial(nodes, 'b')
  peer.send({ kind: 'spawn', to: '$root', from: '$ask/1/1', payload: { logic: 'tally', id: 'x', ...options } })
  await nodes.clock.advance(100)
  const answer = peer.envelopes[0]
  return { b, kind: answer?.kind, code: (answer?.payload as { code?: string } | undefined)?.code }
}

describe('a peer that may start actors', () => {
  test('starts them with what a spawn over a link has', async () => {
    const { b, kind } = await spawned({ durability: 'relaxed', systemId: 'name', ifExists: 'use', input: { a: 1 } })
    expect(kind).toBe('spawned')
    expect(b.actor('tally', 'x').getSnapshot().status).toBe('active')
  })

  test('need not say more than logic and id', async () => {
    const { b, kind } = await spawned({})
    expect(kind).toBe('spawned')
    expect(b.actor('tally', 'x').getSnapshot().status).toBe('active')
  })

  test.each([
    ['extra:permissions', { scopes: ['pay'] }],
    ['extra:budget', { tokens: 1_000_000 }],
    ['extra:none', 1],
  ])('gives them no %s', async (option, value) => {
    const { b, code } = await spawned({ [option]: value })
    expect(code).toBe('PEER_REFUSED')
    expect(() => b.actor('tally', 'x').getSnapshot()).toThrow(/x/)
  })

  test.each([
    { durability: 'eternal' },
    { durability: 5 },
    { systemId: 5 },
    { systemId: '' },
    { ifExists: 'replace' },
    { parent: 'y' },
  ])('is refused with %j', async (options) => {
    const { b, code } = await spawned(options)
    expect(code).toMatch(/OPTIONS_INVALID|PEER_REFUSED/)
    expect(() => b.actor('tally', 'x').getSnapshot()).toThrow(/x/)
  })
})
