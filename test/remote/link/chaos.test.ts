import { describe, expect, it } from 'vitest'
import type { NetworkFault } from '../../../src/testing/faulty-network.js'
import { seededRandom } from '../../../src/testing/seeded-random.js'
import { Stage } from './stage.js'

const FAULTS: readonly NetworkFault[] = [
  { kind: 'cut', between: ['a', 'b'] },
  { kind: 'halfOpen', told: 'a', untold: 'b' },
  { kind: 'halfOpen', told: 'b', untold: 'a' },
  { kind: 'partition', groups: [['a'], ['b']] },
  { kind: 'heal' },
  { kind: 'delay', delay: { minMs: 1, maxMs: 400 } },
  { kind: 'rates', rates: { drop: 0.02, duplicate: 0.02, corrupt: 0.02, cut: 0.01 } },
]

describe('two nodes on a network that breaks', () => {
  const stage = new Stage()

  it.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'have one connection again soon after it is mended, and one session at a time before (seed %d)',
    async (seed) => {
      const random = seededRandom(seed)
      const [a, b] = await stage.pair({ links: { refusedRetryMs: 20_000 } }, { links: { refusedRetryMs: 20_000 } })
      for (let n = 0; n < 12; n++) {
        stage.network.strike(FAULTS[Math.floor(random.next() * FAULTS.length)]!)
        await stage.clock.advance(Math.floor(random.next() * 8_000))
        a.with('b').session?.send(Buffer.from('920819', 'hex'))
      }
      stage.network.strike({ kind: 'heal' })
      stage.network.strike({ kind: 'delay', delay: { minMs: 1, maxMs: 1 } })
      stage.network.strike({ kind: 'rates', rates: {} })
      await stage.clock.advance(70_000)
      expect([a.figures('b').state, b.figures('a').state]).toEqual(['up', 'up'])
      expect(stage.network.links.filter(({ ends }) => ends.every(({ isOpen }) => isOpen))).toHaveLength(1)
      for (const { log } of [a.with('b'), b.with('a')]) {
        const sessions = log.filter((what) => what !== 'snapshot')
        expect(sessions).toEqual(sessions.map((_, n) => (n % 2 === 0 ? 'resumed' : 'ended')))
      }
      for (const owner of [a.with('b'), b.with('a')]) {
        const life = owner.heard.map(({ type }) => type).filter((type) => type === 'nodeUp' || type === 'nodeDown')
        expect(life).toEqual(life.map((_, n) => (n % 2 === 0 ? 'nodeUp' : 'nodeDown')))
      }
    },
  )
})
