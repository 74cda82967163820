import { describe, expect, it } from 'vitest'
import { all } from '../../support/world.js'
import { AuditedWorld } from './audited-world.js'

const STEPS = 6

/** Commands, one after the other; answers how many were told to be durable. */
async function work(audited: AuditedWorld): Promise<number> {
  let told = 0
  try {
    const ref = await audited.world.system.spawn('desk', { id: 'd' })
    for (let n = 0; n < STEPS; n++) {
      await ref.deliver({ type: 'PAUSE', by: String(n) })
      told++
      if (n === 3) await audited.trail.erase(2, { by: 'ann', reason: 'asked to' })
    }
  } catch {
    // It has crashed.
  }
  return told
}

describe.each([{ journal: false }, { journal: true }])('the chain, with %j', (options) => {
  it('is whole after a crash at any batch, and has all that was told to be durable', async () => {
    let crashed = 0
    for (let batch = 2; batch < 14; batch++)
      for (const when of ['before', 'after'] as const) {
        const audited = new AuditedWorld(options)
        await audited.open()
        audited.world.store.crashAtBatch(batch, when, { powerLoss: true })
        const told = await work(audited)
        if (told < STEPS) crashed++
        await audited.crashAndOpen()
        const check = await audited.verify()
        expect(check).toMatchObject({ ok: true })
        const kept = (await all(audited.trail.records({ kind: 'intervention' }))).length
        expect(kept).toBeGreaterThanOrEqual(told)
        const handled = (await all(audited.world.system.actor('desk', 'd').journal())).filter(
          ({ event }) => event.type === 'PAUSE',
        )
        expect(kept).toBe(handled.length)
        await audited.world.stop()
      }
    expect(crashed).toBeGreaterThan(10)
  })
})
