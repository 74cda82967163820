import { afterEach, beforeEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

test('the figures of a link have its address without the query, which may hold a secret', async () => {
  const a = await nodes.open('a', { peers: { b: { address: 'memory://b/path?token=secret' } } })
  expect(a.peer('b').figures()?.address).toBe('memory://b/path')
  await nodes.clock.advance(1_000)
  expect(JSON.stringify([a.peers(), nodes.events.get('a')])).not.toContain('secret')
})
