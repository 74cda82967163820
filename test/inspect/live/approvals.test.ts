import { describe, expect, it } from 'vitest'
import { createInspection } from '../../../src/inspect/live/inspection.js'
import { agentLogic, DeskWorld } from '../../governance/approvals/desk-world.js'
import { Screen } from './screen.js'

describe('a question to a person', () => {
  it('shows in the row of who asks, in the pulse, as trouble and as a change, until it is answered', async () => {
    const world = new DeskWorld({ agent: agentLogic([]) })
    const system = await world.open()
    const inspection = createInspection(system, { clock: world.clock })
    const screen = new Screen()
    inspection.watch({ topic: 'tree' }, screen)
    inspection.watch({ topic: 'changes', of: ['approvals'] }, screen)
    await inspection.rows()
    await system.spawn('agent', { id: 'a' })
    await world.advance(500)
    expect(screen.rows().get('a')).toMatchObject({ approvals: 1 })
    expect(await inspection.pulse()).toMatchObject({ approvals: 1, trouble: 1 })
    expect((await inspection.rows({ trouble: true })).rows.map(({ path }) => path)).toContain('a')
    expect(screen.of('changed')).toEqual([{ kind: 'changed', of: 'approvals' }])
    await world.desk.approve(world.desk.list()[0]?.id ?? '', { by: 'ada' })
    await world.advance(500)
    expect(screen.rows().get('a')).toMatchObject({ approvals: 0 })
    expect(await inspection.pulse()).toMatchObject({ approvals: 0 })
    inspection.close()
    await world.stop()
  })
})
