import { type ApprovalSettings, isRosciusError, type LogicTable } from 'roscius'
import type { ToolCall } from 'roscius/machines'
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import type { ApprovalQuestion } from '../../../src/governance/approvals/question.js'
import { agentLogic, DeskWorld, gatedLogic } from './desk-world.js'

const MINUTE = 60_000

const question = (id: string, more: Partial<ApprovalQuestion> = {}): ApprovalQuestion => ({
  id,
  path: 'team/worker',
  tool: 'wipe',
  input: { disk: 'b' },
  risk: 'danger',
  what: 'wipe b',
  why: 'it is full',
  goal: 'make room',
  ...more,
})

async function opened(approvals: ApprovalSettings = {}): Promise<DeskWorld<LogicTable>> {
  const world = new DeskWorld<LogicTable>({ idle: createMachine({}) }, { approvals })
  await world.open()
  return world
}

describe('system.approvals', () => {
  it('lists what is pending with all that is needed to decide, the oldest first', async () => {
    const world = await opened()
    const trace = [{ turn: 1, text: 'looked at b' }]
    const policy = { name: 'strict', version: '2' }
    await world.approvals.ask(question('one', { trace, policy, rule: 'no-wiping', toolVersion: '1.0.0', taskId: 't1' }))
    await world.advance(10)
    await world.approvals.ask(question('two', { path: 'team', risk: 'write' }))
    expect(world.desk.list()).toMatchObject([
      {
        id: 'one',
        code: expect.stringMatching(/^[0-9a-f]{8}$/),
        status: 'pending',
        input: { disk: 'b' },
        why: 'it is full',
        level: 'action',
        rule: 'no-wiping',
        policy,
        trace,
        taskId: 't1',
        expiresMs: world.clock.now() - 10 + 15 * MINUTE,
      },
      { id: 'two' },
    ])
    expect(world.desk.list({ path: 'team' }).map(({ id }) => id)).toEqual(['one', 'two'])
    expect(world.desk.list({ path: 'team/worker' }).map(({ id }) => id)).toEqual(['one'])
    expect(world.desk.list({ risk: 'write' }).map(({ id }) => id)).toEqual(['two'])
    expect(world.desk.list({ limit: 1 }).map(({ id }) => id)).toEqual(['one'])
    await world.stop()
  })

  it('decides once: whoever comes second learns who was first, when, and what', async () => {
    const world = await opened()
    await world.approvals.ask(question('one'))
    const atMs = world.clock.now()
    expect(await world.desk.deny('one', { by: 'ada', reason: 'not b' })).toMatchObject({ status: 'denied' })
    await expect(world.desk.approve('one', { by: 'bob' })).rejects.toMatchObject({
      code: 'APPROVAL_DECIDED',
      message: expect.stringContaining('denied by ada'),
      details: { approvalId: 'one', status: 'denied', by: 'ada', atMs, reason: 'not b' },
    })
    await expect(world.desk.approve('gone', { by: 'bob' })).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' })
    await world.stop()
  })

  it('decides a batch in one commit, each id by itself', async () => {
    const world = await opened()
    for (const id of ['one', 'two', 'three']) await world.approvals.ask(question(id))
    await world.desk.deny('two', { by: 'ada' })
    const { batches } = world.store.written
    const outcomes = await world.desk.approve(['one', 'two', 'gone', 'three', 'one'], { by: 'bob' })
    expect(world.store.written.batches - batches).toBe(1)
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.approval.status : outcome.error.code))).toEqual([
      'approved',
      'APPROVAL_DECIDED',
      'APPROVAL_NOT_FOUND',
      'approved',
      'APPROVAL_DECIDED',
    ])
    expect(await world.desk.approve([], { by: 'bob' })).toEqual([])
    await world.stop()
  })

  it('wants to know who decides, and refuses what it can not read with the path of the field', async () => {
    const world = await opened()
    await world.approvals.ask(question('one'))
    await expect(world.desk.approve('one', { by: '  ' })).rejects.toMatchObject({ details: { field: 'approval.by' } })
    expect(() => world.desk.list({ status: 'open' as 'any' })).toThrow(/filter\.status/)
    await expect(world.approvals.ask(question('a\nb'))).rejects.toMatchObject({ details: { field: 'question.id' } })
    const chain = [
      { to: 'lead', afterMs: 20 },
      { to: 'cto', afterMs: 10 },
    ]
    await expect(world.approvals.ask(question('two', { chain }))).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'question.chain' },
    })
    expect(world.statuses).toEqual(['pending'])
    await world.stop()
  })

  it('shows nothing that is not durable', async () => {
    const world = await opened()
    const release = world.store.hold()
    const asking = world.approvals.ask(question('one'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(world.desk.get('one')).toBeUndefined()
    release()
    await asking
    expect(world.desk.get('one')).toMatchObject({ status: 'pending' })
    await world.stop()
  })
})

describe('a question', () => {
  it('that is asked again is the one that is there; one about something else is refused', async () => {
    const world = await opened()
    await world.approvals.ask(question('one'))
    await world.desk.approve('one', { by: 'ada' })
    expect(await world.approvals.ask(question('one', { why: 'in other words' }))).toMatchObject({ status: 'approved' })
    await expect(world.approvals.ask(question('one', { input: { disk: 'a' } }))).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'question.id' },
    })
    await expect(world.approvals.ask(question('one', { path: 'other' }))).rejects.toThrow(/another path/)
    await world.stop()
  })

  it('about a task covers other calls of the same rule, and those of no other', async () => {
    const world = await opened()
    const task = { level: 'task', rule: 'no-wiping', taskId: 't1' } as const
    await world.approvals.ask(question('task', task))
    await world.desk.approve('task', { by: 'ada' })
    expect(await world.approvals.ask(question('task', { ...task, input: { disk: 'c' } }))).toMatchObject({
      status: 'approved',
    })
    await expect(world.approvals.ask(question('task', { ...task, rule: 'other' }))).rejects.toThrow(/another rule/)
    await world.stop()
  })

  it('that was withdrawn can be asked again, and is pending then', async () => {
    const world = await opened()
    await world.approvals.ask(question('one'))
    await world.approvals.withdraw('one')
    await expect(world.desk.approve('one', { by: 'ada' })).rejects.toThrow(/withdrawn/)
    const release = world.store.hold()
    const again = world.approvals.ask(question('one'))
    const waiting = world.approvals.wait('one')
    release()
    expect(await again).toMatchObject({ status: 'pending' })
    await world.desk.deny('one', { by: 'ada' })
    expect(await waiting).toMatchObject({ status: 'denied', by: 'ada' })
    await world.stop()
  })

  it('keeps its arguments whole, and cuts long texts', async () => {
    const world = await opened()
    const input = { text: 'x'.repeat(100_000) }
    await world.approvals.ask(question('one', { input, why: 'y'.repeat(100_000) }))
    const approval = world.desk.get('one')
    expect(approval?.input).toEqual(input)
    expect(approval?.why.length).toBe(4_000)
    await world.stop()
  })

  it('expires in 15 minutes, which is a no', async () => {
    const world = await opened()
    await world.approvals.ask(question('one'))
    const waiting = world.approvals.wait('one')
    await world.advance(15 * MINUTE - 1)
    expect(world.statuses).toEqual(['pending'])
    await world.advance(1)
    expect(await waiting).toMatchObject({ status: 'expired', reason: 'nobody decided in time' })
    expect(await world.approvals.isApproved('one')).toBe(false)
    expect(world.told).toEqual(['approvalRequested', 'approvalExpired'])
    await expect(world.desk.approve('one', { by: 'ada' })).rejects.toMatchObject({ code: 'APPROVAL_DECIDED' })
    await world.stop()
  })

  it('is escalated over restarts, each step once, and expires at the opening if its time is over', async () => {
    const chain = [
      { to: 'lead', afterMs: 10 * MINUTE },
      { to: 'cto', afterMs: 20 * MINUTE },
      { to: 'board', afterMs: 30 * MINUTE },
    ]
    const world = await opened({ chain, reason: 'The night is long.' })
    await world.approvals.ask(question('one'))
    await world.advance(10 * MINUTE)
    expect(world.told).toEqual(['approvalRequested', 'approvalEscalated lead'])
    await world.crash()
    await world.clock.advance(MINUTE)
    await world.open()
    await world.system.settled()
    expect(world.told).toEqual([])
    expect(world.desk.get('one')).toMatchObject({ escalatedTo: 'lead' })
    await world.stop()
    await world.clock.advance(10 * MINUTE)
    await world.open()
    await world.system.settled()
    expect(world.told).toEqual(['approvalEscalated cto'])
    await world.crash()
    await world.clock.advance(60 * MINUTE)
    await world.open()
    await world.system.settled()
    expect(world.told).toEqual(['approvalExpired'])
    expect(world.desk.get('one')).toMatchObject({
      status: 'expired',
      settled: { reason: 'The night is long.', atMs: 1_000_000 + 45 * MINUTE },
    })
    await world.stop()
  })

  it('may have a timeout or a chain of its own', async () => {
    const world = await opened({ chain: [{ to: 'lead', afterMs: 10 * MINUTE }] })
    await world.approvals.ask(question('short', { timeoutMs: MINUTE }))
    await world.approvals.ask(question('own', { chain: [{ to: 'ada', afterMs: MINUTE }] }))
    await world.advance(16 * MINUTE)
    expect(world.told.slice(2)).toEqual(['approvalExpired', 'approvalEscalated ada', 'approvalExpired'])
    await world.stop()
  })

  it('may wait for days', async () => {
    const world = await opened({ timeoutMs: 4 * 86_400_000 })
    await world.approvals.ask(question('one'))
    await world.advance(3 * 86_400_000)
    expect(world.statuses).toEqual(['pending'])
    await world.advance(86_400_000)
    expect(world.statuses).toEqual(['expired'])
    await world.stop()
  })

  it('is kept while it is pending, and for 30 days once it is settled', async () => {
    const world = await opened({ timeoutMs: 100 * 86_400_000 })
    for (const id of ['old', 'open']) await world.approvals.ask(question(id))
    await world.desk.approve('old', { by: 'ada' })
    await world.advance(31 * 86_400_000)
    await world.approvals.ask(question('new'))
    await world.desk.approve('new', { by: 'ada' })
    expect(world.desk.list({ status: 'any' }).map(({ id }) => id)).toEqual(['open', 'new'])
    await world.crash()
    await world.open()
    expect(world.desk.list({ status: 'any' }).map(({ id }) => id)).toEqual(['open', 'new'])
    await world.stop()
  })

  it('is waited for by nobody any more once the signal is aborted', async () => {
    const world = await opened()
    await world.approvals.ask(question('one'))
    const controller = new AbortController()
    const waiting = world.approvals.wait('one', controller.signal)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(world.approvals.wait('gone')).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' })
    await world.stop()
    await expect(world.approvals.ask(question('two'))).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  })
})

const agents = {
  'by itself': (wiped: unknown[]) => agentLogic(wiped as ToolCall[]),
  'at the demand of the gate': gatedLogic,
}

describe('an agent that asks', () => {
  for (const [why, agentOf] of Object.entries(agents))
    it(`${why} survives a crash at every point: question and decision stay, and it is told once`, async () => {
      let confirmed = 0
      for (let batch = 2; batch < 26; batch++)
        for (const when of ['before', 'after'] as const) {
          const wiped: unknown[] = []
          const world = new DeskWorld<LogicTable>({ agent: agentOf(wiped) })
          await world.open()
          world.store.crashAtBatch(batch, when)
          await world.system.spawn('agent', { id: 'a' }).catch(() => undefined)
          const isTold = await decideAll(world)
          if (!isTold) expect(world.told.includes('approvalDecided approved ada')).toBe(false)
          await world.crash()
          await world.open()
          if (await exists(world)) await expectWiped(world, wiped, isTold)
          else expect([isTold, wiped]).toEqual([false, []])
          if (isTold) confirmed++
          await world.stop()
        }
      expect(confirmed).toBeGreaterThan(0)
      expect(confirmed).toBeLessThan(48)
    })
})

/** Whatever the crash has left: approved once, by whoever approved it, and carried out for that. */
async function expectWiped(world: DeskWorld<LogicTable>, wiped: readonly unknown[], isTold: boolean): Promise<void> {
  await world.system.settled()
  // A decision that was confirmed has survived, without anybody saying it again.
  if (isTold) expect(world.statuses).toEqual(['approved'])
  await decideAll(world)
  const ref = world.system.actor('agent', 'a')
  expect(ref.getSnapshot()).toMatchObject({ status: 'done', output: { status: 'done' } })
  expect(world.desk.list({ status: 'any' })).toMatchObject([{ status: 'approved', settled: { by: 'ada' } }])
  expect(wiped.length).toBeGreaterThan(0)
  const types: string[] = []
  for await (const { event } of ref.journal()) types.push(event.type)
  expect(types.filter((type) => type === 'APPROVE')).toHaveLength(1)
}

async function exists(world: DeskWorld<LogicTable>): Promise<boolean> {
  for await (const { path } of world.system.actors()) if (path === 'a') return true
  return false
}

/** Approves whatever is pending; answers whether a decision was confirmed. */
async function decideAll(world: DeskWorld<LogicTable>): Promise<boolean> {
  try {
    await world.system.settled()
    const ids = world.desk.list().map(({ id }) => id)
    if (ids.length === 0) return false
    const [outcome] = await world.desk.approve(ids, { by: 'ada' })
    await world.system.settled()
    return outcome?.ok === true
  } catch (error) {
    if (isRosciusError(error)) return false
    throw error
  }
}
