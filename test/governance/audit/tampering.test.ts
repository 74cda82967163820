import { beforeAll, describe, expect, it } from 'vitest'
import { entryOf } from '../../../src/governance/audit/audit-line.js'
import { hexOf, recordHash } from '../../../src/governance/audit/audit-record.js'
import { type AuditCheck, ChainCheck, type CheckOptions } from '../../../src/governance/audit/check-chain.js'
import { createCodec } from '../../../src/persistence/codec.js'
import { STRUCTURES } from '../../../src/persistence/keys.js'
import { all } from '../../support/world.js'
import { AuditedWorld } from './audited-world.js'

const COUNT = 8

/** Lines of a trail in which the payload of record 3 was erased. */
let lines: readonly string[]

const filled = async (options = {}) => {
  const audited = new AuditedWorld(options)
  await audited.open()
  for (let n = 1; n < COUNT; n++)
    audited.trail.append('policyDecision', { path: `agent/${n}`, subject: `tool ${n}`, payload: { n, z: [1], a: 'ü' } })
  await audited.trail.erase(3, { by: 'ann', reason: 'asked to' })
  return audited
}

beforeAll(async () => {
  const audited = await filled()
  lines = await all(audited.trail.export())
  await audited.world.stop()
})

function check(read: readonly string[], options: CheckOptions = {}): AuditCheck {
  const chain = new ChainCheck(options)
  for (const [index, line] of read.entries()) chain.add(entryOf(line, index + 1))
  return chain.end()
}

const changed = (index: number, change: (line: Record<string, unknown>) => object): string[] =>
  lines.map((line, at) => (at === index ? JSON.stringify(change(JSON.parse(line))) : line))

describe('an exported trail', () => {
  it('can be checked by itself, and is the same each time', async () => {
    expect(check(lines)).toMatchObject({ ok: true, records: COUNT, payloads: { compared: COUNT - 1, erased: 1 } })
    const audited = await filled()
    expect(await all(audited.trail.export())).toEqual(await all(audited.trail.export()))
    await audited.world.stop()
  })

  const other = { n: 99, atMs: 1, kind: 'intervention', path: 'x', subject: 'x', prev: 'a'.repeat(64) }
  const fields = [...Object.keys(other), 'payloadHash', 'hash'] as const

  it.each(fields)('breaks where the %s of any record is changed', (field) => {
    for (let index = 0; index < COUNT; index++) {
      const found = check(
        changed(index, (line) => ({
          ...line,
          [field]: { ...other, payloadHash: other.prev, hash: other.prev }[field],
        })),
      )
      expect(found.ok).toBe(false)
      expect(found.firstBreak?.n).toBeLessThanOrEqual(field === 'n' ? 99 : index + 1)
    }
  })

  it('breaks where a payload or its salt is changed, or removed without a record of that', () => {
    for (const index of [0, 1, 3, 7]) {
      const problems = [
        changed(index, (line) => ({ ...line, payload: { n: 'other' } })),
        changed(index, (line) => ({ ...line, salt: '00'.repeat(16) })),
        changed(index, ({ salt, payload, ...line }) => line),
        changed(index, ({ salt, payload, ...line }) => ({ ...line, erased: true })),
      ]
      for (const read of problems) expect(check(read).firstBreak?.n).toBeLessThanOrEqual(index + 1)
    }
  })

  it('breaks at the next record where one was written anew with a right hash', () => {
    const read = changed(1, (line) => {
      const { n, atMs, path, payloadHash, prev } = line as Record<string, string>
      const bytes = { payloadHash: Buffer.from(payloadHash!, 'hex'), prev: Buffer.from(prev!, 'hex') }
      const fields = {
        n: Number(n),
        atMs: Number(atMs),
        kind: 'intervention' as const,
        path,
        subject: 'forged',
        ...bytes,
      }
      return { ...line, kind: 'intervention', subject: 'forged', hash: hexOf(recordHash(fields)) }
    })
    expect(check(read).firstBreak).toEqual({ n: 3, problem: 'it does not follow the record before it' })
  })

  it('breaks where records are left out, put elsewhere, repeated or put in', () => {
    for (let index = 0; index < COUNT - 1; index++) {
      const [one, two] = [lines[index]!, lines[index + 1]!]
      expect(check(lines.toSpliced(index, 1)).firstBreak?.n).toBe(index + 1)
      expect(check(lines.toSpliced(index, 2, two, one)).firstBreak?.n).toBe(index + 1)
      expect(check(lines.toSpliced(index, 0, one)).firstBreak?.n).toBe(index + 1)
    }
  })

  it('that was cut at its end is found by an anchor, and by nothing else', () => {
    const anchor = check(lines).head
    for (let left = 4; left < COUNT; left++) {
      // The erasure of payload 3 is the last record: without it the payload is merely missing.
      expect(check(lines.slice(0, left)).firstBreak?.n).toBe(3)
      expect(check(lines.slice(0, left), { anchor, isPartial: true }).firstBreak?.n).toBe(left + 1)
    }
    expect(check(lines.slice(0, 2))).toMatchObject({ ok: true })
    expect(check([], { anchor }).firstBreak?.n).toBe(1)
  })

  it('that was made anew as a whole is found by an anchor', async () => {
    const audited = await filled()
    audited.trail.append('intervention', { subject: 'more' })
    const forged = await all(audited.trail.export())
    const anchor = check(lines).head
    expect(check(forged)).toMatchObject({ ok: true })
    expect(check(forged, { anchor: { n: 8, hash: '0'.repeat(64) } }).firstBreak).toEqual({
      n: 8,
      problem: 'its hash is not the one in the anchor',
    })
    expect(check(lines, { anchor })).toMatchObject({ ok: true })
    await audited.world.stop()
  })

  it('may be a part, if whoever checks it says so', () => {
    const part = [lines[1]!, lines[2]!, lines[5]!]
    expect(check(part).ok).toBe(false)
    expect(check(part, { isPartial: true })).toMatchObject({ ok: true, records: 3, leftOut: 3 })
    expect(check(changed(2, (line) => ({ ...line, subject: 'x' })).slice(1, 4), { isPartial: true }).ok).toBe(false)
  })

  it('is refused where a line is none, with its number and field', () => {
    expect(() => entryOf('nonsense', 4)).toThrow(
      expect.objectContaining({ code: 'RECORD_CORRUPT', details: { line: 4 } }),
    )
    expect(() => entryOf('{"n":0}', 1)).toThrow(/Line 1 .* n: /)
  })
})

describe('a trail in a store', () => {
  const decoded = (audited: AuditedWorld, key: string): unknown[] => {
    const { store } = audited.world
    return createCodec(store.get(STRUCTURES)).decode(store.get(key)!, key) as unknown[]
  }
  const put = (audited: AuditedWorld, key: string, value: unknown) =>
    audited.world.store.batch([{ type: 'put', key, value: createCodec().encode(value) }], { sync: true })
  const remove = (audited: AuditedWorld, key: string) =>
    audited.world.store.batch([{ type: 'del', key }], { sync: true })
  const recordAt = (n: number): string => `u/audit/r/${n.toString(36).padStart(10, '0')}`
  const payloadAt = (n: number): string => recordAt(n).replace('/r/', '/p/')

  it('breaks where a record is changed, damaged or gone', async () => {
    for (let n = 1; n < COUNT; n++) {
      const audited = await filled()
      await put(audited, recordAt(n), decoded(audited, recordAt(n)).with(5, 'forged'))
      expect((await audited.verify()).firstBreak).toMatchObject({ n, problem: 'its hash is not that of its fields' })
      await audited.world.store.batch([{ type: 'put', key: recordAt(n), value: Uint8Array.of(1, 2, 3) }], {
        sync: true,
      })
      expect((await audited.verify()).firstBreak).toMatchObject({ n, problem: 'it can not be read' })
      await remove(audited, recordAt(n))
      expect((await audited.verify()).firstBreak).toMatchObject({ n, problem: 'it is missing' })
      await audited.world.stop()
    }
  })

  it('breaks where a payload is changed, or gone without a record of that', async () => {
    const audited = await filled()
    await remove(audited, payloadAt(5))
    expect((await audited.verify()).firstBreak?.n).toBe(5)
    await put(audited, payloadAt(4), [new Uint8Array(16), '{}'])
    expect((await audited.verify()).firstBreak?.n).toBe(4)
    await audited.world.stop()
  })

  it('is not written further when its end is not there, or is not the end', async () => {
    const tamper: ((audited: AuditedWorld) => Promise<void>)[] = [
      (audited) => remove(audited, recordAt(COUNT)),
      (audited) => remove(audited, 'u/audit/head'),
      (audited) => put(audited, recordAt(COUNT + 1), decoded(audited, recordAt(COUNT)).with(1, COUNT + 1)),
      (audited) => put(audited, recordAt(COUNT), decoded(audited, recordAt(COUNT)).with(2, 7)),
    ]
    for (const act of tamper) {
      const audited = await filled()
      await act(audited)
      expect((await audited.verify()).ok).toBe(false)
      await expect(audited.crashAndOpen()).rejects.toMatchObject({ code: 'RECORD_CORRUPT' })
    }
  })
})
