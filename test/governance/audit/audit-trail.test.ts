import { withBudget } from 'roscius'
import { describe, expect, it } from 'vitest'
import { entryOf } from '../../../src/governance/audit/audit-line.js'
import { ChainCheck } from '../../../src/governance/audit/check-chain.js'
import { all } from '../../support/world.js'
import { AuditedWorld } from './audited-world.js'

const subjects = async ({ trail }: AuditedWorld) =>
  (await all(trail.records())).map(({ kind, path, subject }) => [kind, path, subject].filter(Boolean).join(' '))

describe('the audit trail', () => {
  it('holds the commands that an actor has taken, with who gave them, and nothing else', async () => {
    const audited = new AuditedWorld()
    const system = await audited.open()
    const ref = await system.spawn('desk', { id: 'd' })
    await ref.deliver({ type: 'ADD' })
    await ref.deliver({ type: 'PAUSE', by: 'ann' })
    await ref.deliver({ type: 'GUIDE', by: 'ann', context: 'use Bearer abcdefghijklmnop' })
    const records = await all(audited.trail.records())
    expect(records.map(({ n, kind, path, subject }) => [n, kind, path, subject])).toEqual([
      [1, 'intervention', 'd', 'PAUSE'],
      [2, 'intervention', 'd', 'GUIDE'],
    ])
    expect(records[1]?.payload).toEqual({ event: { type: 'GUIDE', by: 'ann', context: 'use Bearer [redacted]' } })
    expect(await audited.verify()).toMatchObject({ ok: true, records: 2, payloads: { compared: 2, erased: 0 } })
    await audited.world.stop()
  })

  it('also of a volatile actor, and events that were named as commands', async () => {
    const audited = new AuditedWorld({ commands: ['OVERRULE'] })
    const system = await audited.open()
    const ref = await system.spawn('desk', { id: 'd', durability: 'volatile' })
    await ref.deliver({ type: 'OVERRULE', by: 'ann' })
    expect(await subjects(audited)).toEqual(['intervention d OVERRULE'])
    await audited.world.stop()
  })

  it('writes nothing for an actor to which nothing of that kind happens', async () => {
    const audited = new AuditedWorld()
    const system = await audited.open()
    const ref = await system.spawn('desk', { id: 'd' })
    const before = audited.world.store.written
    await ref.deliver({ type: 'ADD' })
    const after = audited.world.store.written
    expect(after.batches - before.batches).toBe(1)
    expect(await audited.trail.head()).toBeUndefined()
    expect(await audited.verify()).toMatchObject({ ok: true, records: 0, head: undefined })
    await audited.world.stop()
  })

  it('is whole also when it is checked, or exported, while it is written and erased', async () => {
    const audited = new AuditedWorld()
    const system = await audited.open()
    const ref = await system.spawn('desk', { id: 'd' })
    for (let n = 0; n < 600; n++) ref.send({ type: 'PAUSE' })
    await system.settled()
    const checked = audited.verify()
    const file: string[] = []
    const exported = (async () => {
      for await (const line of audited.trail.export()) file.push(line)
    })()
    await ref.deliver({ type: 'PAUSE' })
    expect(await audited.trail.erase(590, { by: 'ann', reason: 'asked to' })).toBe(1)
    expect(await checked).toMatchObject({ ok: true, records: 602, payloads: { erased: 1 } })
    await exported
    const check = new ChainCheck()
    for (const [index, line] of file.entries()) check.add(entryOf(line, index + 1))
    expect(check.end()).toMatchObject({ ok: true, records: 602 })
    expect((await all(audited.trail.export({ from: 3, to: 4 }))).length).toBe(2)
    await audited.world.stop()
  })

  it('records without its payload what a redaction of somebody can not redact', async () => {
    const redact = {
      text: () => undefined as unknown as string,
      value: () => {
        throw new Error('no')
      },
    }
    const audited = new AuditedWorld({ redact })
    const system = await audited.open()
    const ref = await system.spawn('desk', { id: 'd' })
    await ref.deliver({ type: 'PAUSE', by: 'ann' })
    expect(await all(audited.trail.records())).toMatchObject([{ subject: '[redacted]', payload: '[redacted]' }])
    await audited.world.stop()
  })

  it('rejects what it is asked when its system has stopped', async () => {
    const audited = new AuditedWorld()
    await audited.open()
    await audited.world.stop()
    for (const asked of [audited.trail.head(), audited.verify(), all(audited.trail.records())])
      await expect(asked).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  })

  it('takes approvals, spent budgets and cancels from what the system tells', async () => {
    const audited = new AuditedWorld()
    await audited.open()
    const { trail } = audited
    trail.telling({ type: 'actorCancelled', path: 'd', reason: 'enough' })
    trail.telling({ type: 'actorDone', path: 'd', output: 1 })
    trail.telling({
      type: 'budgetExhausted',
      path: 'd',
      account: 'd',
      dimension: 'tokens',
      limit: 1,
      left: 0,
      wanted: 2,
    })
    trail.append('policyDecision', { path: 'd', subject: 'rm', payload: { rule: 'default', input: { token: 'x' } } })
    expect(await subjects(audited)).toEqual([
      'intervention d cancel',
      'budgetExhausted d tokens',
      'policyDecision d rm',
    ])
    const [, , decision] = await all(trail.records({ kind: 'policyDecision' }))
    expect(decision).toBeUndefined()
    expect((await all(trail.records({ from: 3 })))[0]?.payload).toEqual({
      rule: 'default',
      input: { token: '[redacted]' },
    })
    await audited.world.stop()
  })

  it('holds what a system does by itself: a raised budget, a cancelled actor', async () => {
    const audited = new AuditedWorld()
    const system = await audited.open()
    const ref = await system.spawn('desk', { id: 'd', ...withBudget({ tokens: 10 }) })
    await system.raiseBudget('d', { inputTokens: 5 })
    await ref.cancel({ reason: 'enough' })
    await system.settled()
    const records = await all(audited.trail.records())
    expect(records.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['raiseBudget', 'cancel']))
    expect(records.find(({ subject }) => subject === 'cancel')?.payload).toMatchObject({ reason: 'enough' })
    await audited.world.stop()
  })

  it('goes on over restarts', async () => {
    const audited = new AuditedWorld()
    const system = await audited.open()
    await (await system.spawn('desk', { id: 'd' })).deliver({ type: 'PAUSE' })
    const head = await audited.trail.head()
    const again = await audited.crashAndOpen()
    await again.actor('desk', 'd').deliver({ type: 'PAUSE' })
    expect(await audited.verify(head)).toMatchObject({ ok: true, records: 2 })
    await audited.world.stop()
  })

  it('does not keep what a payload can not be kept as, and is never the reason that something fails', async () => {
    const audited = new AuditedWorld()
    await audited.open()
    const loop: Record<string, unknown> = { fn: () => 1, big: 3n, nan: Number.NaN, at: new Date(0) }
    loop.self = loop
    audited.trail.append('policyDecision', { subject: '\ud800', payload: loop })
    const [record] = await all(audited.trail.records())
    expect(record?.payload).toMatchObject({ big: '3', nan: 'NaN', at: '1970-01-01T00:00:00.000Z', self: '[cycle]' })
    expect(await audited.verify()).toMatchObject({ ok: true })
    await audited.world.stop()
  })

  it('finds records by kind, path and number', async () => {
    const audited = new AuditedWorld()
    await audited.open()
    const { trail } = audited
    for (const path of ['a', 'a/b', 'c']) trail.append('policyDecision', { path, subject: 'x' })
    trail.append('scopeRefused', { path: 'a/b', subject: 'y' })
    const found = async (filter: Parameters<typeof trail.records>[0]) =>
      (await all(trail.records(filter))).map(({ n }) => n)
    expect(await found({ path: 'a/**' })).toEqual([1, 2, 4])
    expect(await found({ path: 'a/*', kind: 'scopeRefused' })).toEqual([4])
    expect(await found({ from: 2, to: 3 })).toEqual([2, 3])
    await audited.world.stop()
  })

  it('refuses options that it does not know, with the path of the field', async () => {
    await expect(new AuditedWorld({ commands: [1] } as object).open()).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'audit.commands.0' },
    })
  })
})

describe('an audit trail with the journal in it', () => {
  it('chains every journal record of every stored actor, and starts and deletions', async () => {
    const audited = new AuditedWorld({ journal: true })
    const system = await audited.open()
    const ref = await system.spawn('desk', { id: 'd', durability: 'relaxed' })
    await ref.deliver({ type: 'ADD' })
    await (await system.spawn('desk', { id: 'v', durability: 'volatile' })).deliver({ type: 'ADD' })
    await ref.delete()
    expect(await subjects(audited)).toEqual([
      'actorStarted d desk',
      'journal d 2',
      'journal d 3',
      'actorDeleted d deleted',
    ])
    expect(await audited.verify()).toMatchObject({ ok: true, payloads: { compared: 2 } })
    await audited.world.stop()
  })
})

describe('an erased payload', () => {
  const filled = async () => {
    const audited = new AuditedWorld()
    await audited.open()
    for (const path of ['a', 'b', 'a'])
      audited.trail.append('policyDecision', { path, subject: 'x', payload: { path } })
    return audited
  }

  it('is gone, and the chain is whole', async () => {
    const audited = await filled()
    const { trail } = audited
    expect(await trail.erase({ path: 'a' }, { by: 'ann', reason: 'asked to' })).toBe(2)
    const records = await all(trail.records())
    expect(records.map(({ payload, isErased }) => isErased || payload)).toEqual([
      true,
      { path: 'b' },
      true,
      {
        by: 'ann',
        reason: 'asked to',
        records: [
          [1, 1],
          [3, 3],
        ],
      },
    ])
    expect(await audited.verify()).toMatchObject({ ok: true, records: 4, payloads: { compared: 2, erased: 2 } })
    await audited.world.stop()
  })

  it('can not be erased again, nor can the record of it', async () => {
    const audited = await filled()
    const { trail } = audited
    const why = { by: 'ann', reason: 'asked to' }
    expect(await trail.erase(1, why)).toBe(1)
    expect(await trail.erase(1, why)).toBe(0)
    expect(await trail.erase(4, why)).toBe(0)
    expect(await trail.erase(99, why)).toBe(0)
    await expect(trail.erase(2, { by: ' ', reason: 'x' })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'by' },
    })
    await audited.world.stop()
  })

  it('leaves nothing of itself in the store', async () => {
    const audited = await filled()
    audited.trail.append('policyDecision', { path: 'z', subject: 'x', payload: 'a word to look for' })
    await audited.trail.head()
    const holds = async () =>
      (await all(audited.world.store.range({ gte: 'u/', lt: 'v' }))).some(([, bytes]) =>
        Buffer.from(bytes).includes('a word to look for'),
      )
    expect(await holds()).toBe(true)
    await audited.trail.erase(4, { by: 'ann', reason: 'asked to' })
    expect(await holds()).toBe(false)
    await audited.world.stop()
  })
})
