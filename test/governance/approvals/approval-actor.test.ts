import { approvalActor, type LogicTable, supervisor } from 'roscius'
import type { ApprovalRequest, ToolCall } from 'roscius/machines'
import { describe, expect, it } from 'vitest'
import { assign, createActor, setup } from 'xstate'
import { agentLogic, DeskWorld } from './desk-world.js'

const MINUTE = 60_000

async function waiting(limits: { readonly approvalMs?: number } = {}, options: object = {}) {
  const wiped: ToolCall[] = []
  const logic = agentLogic(wiped, limits)
  const world = new DeskWorld({ agent: logic }, options)
  const system = await world.open()
  const ref = await system.spawn('agent', { id: 'a' })
  await system.settled()
  expect(world.statuses).toEqual(['pending'])
  return { world, ref, wiped }
}

/** What the agent has made of it. */
function observed(world: DeskWorld<{ agent: ReturnType<typeof agentLogic> }>): string[] {
  const { context } = world.system.actor('agent', 'a').getSnapshot()
  return context.observations.map(({ text }) => text)
}

describe('an agent that waits for an approval', () => {
  it('asks with all that a person needs, and goes on when it is told', async () => {
    const { world, ref, wiped } = await waiting()
    const [approval] = world.desk.list()
    expect(approval).toMatchObject({
      path: 'a',
      tool: 'wipe',
      input: { disk: 'b' },
      risk: 'danger',
      what: 'wipe {"disk":"b"}',
      why: 'full',
      goal: 'make room',
      level: 'action',
    })
    await world.desk.approve(approval?.id ?? '', { by: 'ada' })
    await world.system.settled()
    expect(wiped).toMatchObject([{ approvedBy: 'ada' }])
    expect(ref.getSnapshot().status).toBe('done')
    await world.stop()
  })

  it('hears why it was denied', async () => {
    const { world, wiped } = await waiting()
    await world.desk.deny(world.desk.list()[0]?.id ?? '', { by: 'ada', reason: 'b is in use' })
    await world.system.settled()
    expect(wiped).toEqual([])
    expect(observed(world)).toEqual(['wipe was denied by ada: b is in use.'])
    await world.stop()
  })

  it('takes silence for a no', async () => {
    const { world, wiped } = await waiting()
    await world.advance(15 * MINUTE)
    expect(wiped).toEqual([])
    expect(world.statuses).toEqual(['expired'])
    expect(observed(world)).toEqual(['wipe was denied by timeout: nobody decided in time.'])
    await world.stop()
  })

  for (const how of ['crash', 'stop'] as const)
    it(`finds its question again after a ${how}, and is told what was decided meanwhile`, async () => {
      const { world, wiped } = await waiting()
      const [{ id } = { id: '' }] = world.desk.list()
      for (let n = 0; n < 3; n++) {
        await world[how]()
        await world.open()
        await world.system.settled()
        expect(world.desk.list().map((each) => each.id)).toEqual([id])
        expect(world.told).toEqual([])
      }
      await world.desk.approve(id, { by: 'ada' })
      await world.system.settled()
      expect(wiped).toMatchObject([{ approvedBy: 'ada' }])
      await world.stop()
    })

  it('keeps its question while nothing happens for long', async () => {
    const { world, wiped } = await waiting({}, { passivation: { idleMs: 1_000 } })
    await world.advance(10 * MINUTE)
    expect(world.statuses).toEqual(['pending'])
    await world.desk.approve(world.desk.list()[0]?.id ?? '', { by: 'ada' })
    await world.system.settled()
    expect(wiped).toHaveLength(1)
    await world.stop()
  })

  it('withdraws its question when it waits no longer: its own timeout, or another goal', async () => {
    const { world } = await waiting({ approvalMs: MINUTE })
    await world.advance(MINUTE)
    expect(world.statuses).toEqual(['withdrawn'])
    await world.stop()

    const other = await waiting()
    await other.ref.deliver({ type: 'REDIRECT', goal: 'sleep' })
    await other.world.system.settled()
    expect(other.world.statuses).toEqual(['withdrawn'])
    expect(other.world.told).toEqual(['approvalRequested', 'approvalWithdrawn'])
    await other.world.stop()
  })

  for (const end of ['CANCEL', 'cancel', 'stop', 'delete'] as const)
    it(`takes its question with it when it ends (${end})`, async () => {
      const { world, ref, wiped } = await waiting()
      if (end === 'CANCEL') await ref.deliver({ type: 'CANCEL' })
      else await ref[end]()
      await world.crash()
      await world.open()
      await world.system.settled()
      expect(world.statuses).toEqual(['withdrawn'])
      expect(wiped).toEqual([])
      await world.stop()
    })

  it('asks again after a pause', async () => {
    const { world, ref, wiped } = await waiting()
    await ref.deliver({ type: 'PAUSE' })
    await world.system.settled()
    expect(world.desk.list()).toEqual([])
    await ref.deliver({ type: 'RESUME' })
    await world.system.settled()
    await world.desk.approve(world.desk.list()[0]?.id ?? '', { by: 'ada' })
    await world.system.settled()
    expect(wiped).toHaveLength(1)
    await world.stop()
  })

  it('that was told directly has its question decided by whoever told it; a direct no withdraws it', async () => {
    const { world, ref, wiped } = await waiting()
    await ref.deliver({ type: 'APPROVE', approvalId: ref.getSnapshot().context.approval?.approvalId ?? '', by: 'eve' })
    await world.system.settled()
    expect(wiped).toMatchObject([{ approvedBy: 'eve' }])
    expect(world.desk.list({ status: 'any' })).toMatchObject([{ status: 'approved', settled: { by: 'eve' } }])
    await world.stop()

    const other = await waiting()
    const approvalId = other.ref.getSnapshot().context.approval?.approvalId ?? ''
    await other.ref.deliver({ type: 'DENY', approvalId, by: 'eve' })
    await other.world.system.settled()
    expect(other.world.statuses).toEqual(['withdrawn'])
    await other.world.stop()
  })

  it('gains nothing from the approval of an earlier actor of its name', async () => {
    const { world, ref, wiped } = await waiting()
    await world.desk.approve(world.desk.list()[0]?.id ?? '', { by: 'ada' })
    await world.system.settled()
    await ref.delete()
    await world.system.spawn('agent', { id: 'a' })
    await world.system.settled()
    expect(wiped).toHaveLength(1)
    expect(world.statuses).toEqual(['approved', 'pending'])
    await world.stop()
  })

  it('that is volatile leaves no question behind when its process dies', async () => {
    const world = new DeskWorld({ agent: { logic: agentLogic([]), durability: 'volatile' } })
    await (await world.open()).spawn('agent', { id: 'a' })
    await world.system.settled()
    expect(world.statuses).toEqual(['pending'])
    await world.crash()
    await world.open()
    await world.system.settled()
    expect(world.statuses).toEqual(['withdrawn'])
    await world.stop()
  })
})

const request: ApprovalRequest = {
  approvalId: 'release',
  goal: 'Publish version 2.',
  call: { id: 'c1', tool: 'publish', input: { version: 2 }, reason: 'ready', goal: '', turn: 1, depth: 0 },
  risk: 'danger',
  trace: [],
}

/** A machine of somebody's own that waits for an approval, and can be made to fail meanwhile. */
function release(input: ApprovalRequest = request) {
  const fail = () => {
    throw new Error('broken')
  }
  return setup({ actors: { approval: approvalActor }, actions: { fail: assign(fail) } }).createMachine({
    initial: 'asking',
    states: {
      asking: {
        invoke: { src: 'approval', input, onError: 'failed' },
        on: {
          APPROVE: 'approved',
          DENY: 'denied',
          BREAK: { actions: 'fail' },
          LEAVE: { target: 'denied', actions: 'fail' },
        },
      },
      approved: { on: { AGAIN: 'asking' } },
      denied: {},
      failed: {},
    },
  })
}

async function releasing(logic: LogicTable = { release: release() }, name = 'release', path = name) {
  const world = new DeskWorld<LogicTable>(logic)
  const system = await world.open()
  await system.spawn(name, { id: name })
  await system.settled()
  return { world, ref: system.actor('release', path) }
}

describe('a machine of your own that waits for an approval', () => {
  for (const type of ['BREAK', 'LEAVE'])
    it(`has its question still when it has failed and goes on (${type})`, async () => {
      const { world, ref } = await releasing()
      const [{ id } = { id: '' }] = world.desk.list()
      await ref.deliver({ type }).catch(() => undefined)
      await world.advance(1_000)
      expect(world.desk.list().map((each) => each.id)).toEqual([id])
      await world.desk.approve(id, { by: 'ada' })
      await world.system.settled()
      expect(ref.getSnapshot()).toMatchObject({ value: 'approved' })
      await world.stop()
    })

  it('has its question still when its group is restarted', async () => {
    const group = supervisor({
      strategy: 'oneForAll',
      children: [
        { id: 'release', logic: 'release' },
        { id: 'sibling', logic: 'sibling' },
      ],
    })
    const { world, ref } = await releasing({ release: release(), sibling: release(), group }, 'group', 'group/release')
    const pending = () => world.desk.list({ path: 'group/release' }).map(({ id }) => id)
    const before = pending()
    await world.system
      .actor('sibling', 'group/sibling')
      .deliver({ type: 'BREAK' })
      .catch(() => undefined)
    await world.advance(1_000)
    expect(pending()).toEqual(before)
    await world.desk.approve(before, { by: 'ada' })
    await world.system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'approved' })
    await world.stop()
  })

  it('asks anew when it is restarted from its beginning: what it asked before counts for nothing', async () => {
    const { world, ref } = await releasing({ release: { logic: release(), supervision: { restartFrom: 'initial' } } })
    const [{ id } = { id: '' }] = world.desk.list()
    await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
    await world.advance(1_000)
    await world.desk.approve(id, { by: 'ada' })
    await world.system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'asking' })
    expect(world.statuses).toEqual(['approved', 'pending'])
    await world.stop()
  })

  it('asks anew each time that it waits', async () => {
    const { world, ref } = await releasing()
    await world.desk.approve(world.desk.list()[0]?.id ?? '', { by: 'ada' })
    await world.system.settled()
    await ref.deliver({ type: 'AGAIN' })
    await world.system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'asking' })
    expect(world.statuses).toEqual(['approved', 'pending'])
    await world.stop()
  })

  it('is told where the question can not be asked', async () => {
    const call = { ...request.call, tool: '' }
    const { world, ref } = await releasing({ release: release({ ...request, call }) })
    expect(ref.getSnapshot()).toMatchObject({ value: 'failed' })
    expect(world.statuses).toEqual([])
    await world.stop()
  })

  it('fails outside a system, where there is nobody to ask', () => {
    const errors: unknown[] = []
    const actor = createActor(approvalActor, { input: request })
    actor.subscribe({ error: (error) => errors.push(error) })
    actor.start()
    expect(errors).toMatchObject([{ code: 'NOT_IN_SYSTEM' }])
  })
})
