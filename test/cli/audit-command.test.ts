import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AuditOptions, createSystem } from 'roscius'
import { levelStore } from 'roscius/level'
import { describe, expect, it, vi } from 'vitest'
import { createMachine } from 'xstate'
import { auditCommand } from '../../src/cli/commands/audit.js'
import { commandLine } from '../support/command-line.js'

const cli = commandLine('audit')

const desk = createMachine({ on: { PAUSE: {}, GUIDE: {}, GO: {} } })
const KEY = new Uint8Array(32).fill(5)
const store = () => join(cli.folder, 'store')
const file = () => join(cli.folder, 'trail.jsonl')

async function open(options: AuditOptions = {}, encryption?: { key: Uint8Array; keyId: string }) {
  const system = await createSystem({ name: 'n', store: store(), logic: { desk }, audit: options, encryption })
  return { system, [Symbol.asyncDispose]: () => system.stop() }
}

type Opened = Awaited<ReturnType<typeof open>>

/** Three commands, of which the second was erased. */
async function work({ system }: Opened): Promise<void> {
  const ref = await system.spawn('desk', { id: 'd' })
  await ref.deliver({ type: 'PAUSE', by: 'ann' })
  await ref.deliver({ type: 'GUIDE', by: 'ann', context: 'with password=hunter2' })
  await ref.deliver({ type: 'GO' })
  await ref.deliver({ type: 'PAUSE', by: 'bob' })
  await system.audit.erase(2, { by: 'ann', reason: 'asked to' })
}

async function filled(options: AuditOptions = {}, encryption?: { key: Uint8Array; keyId: string }): Promise<void> {
  await using opened = await open(options, encryption)
  await work(opened)
}

const run = async (...args: string[]): Promise<number> => {
  cli.clear()
  return auditCommand(args)
}

describe('roscius audit verify', () => {
  it('says what it has checked, and the head', async () => {
    await filled()
    expect(await run('verify', store())).toBe(0)
    expect(cli.output).toMatch(
      /^4 records: hashes and links checked\n4 payloads: 3 compared, 1 erased, 0 not there to compare\nhead 4:[0-9a-f]{64}\n/,
    )
    expect(cli.output).toContain('only --anchor can tell')
  })

  it('compares journal records with the journal, and finds one that was changed', async () => {
    await filled({ journal: true })
    expect(await run('verify', '--json', store())).toBe(0)
    expect(JSON.parse(cli.output)).toMatchObject({
      ok: true,
      records: 9,
      payloads: { compared: 8, erased: 1, absent: 0 },
    })
    const level = await levelStore(store())
    const key = 'j/d:0000000004'
    const other = level.get('j/d:0000000003')!
    await level.batch([{ type: 'put', key, value: other }], { sync: true })
    await level.close()
    expect(await run('verify', store())).toBe(1)
    expect(cli.output).toMatch(
      /^The trail breaks at record \d: journal record 4 of d is not the one that was recorded\./,
    )
    const again = await levelStore(store())
    await again.batch([{ type: 'del', key }], { sync: true })
    await again.close()
    expect(await run('verify', '--json', store())).toBe(0)
    expect(JSON.parse(cli.output)).toMatchObject({ payloads: { absent: 1 } })
  })

  it('does not take the journal of a new actor for that of a deleted one', async () => {
    {
      await using opened = await open({ journal: true })
      await work(opened)
      await opened.system.actor('desk', 'd').delete()
      const ref = await opened.system.spawn('desk', { id: 'd' })
      await ref.deliver({ type: 'GO' })
    }
    expect(await run('verify', '--json', store())).toBe(0)
    expect(JSON.parse(cli.output)).toMatchObject({ ok: true })
  })

  it('answers 1 at a break, and where the anchor is not reached', async () => {
    await filled()
    await run('verify', '--json', store())
    const { head } = JSON.parse(cli.output)
    expect(await run('verify', '--anchor', `${head.n}:${head.hash}`, store())).toBe(0)
    expect(cli.output).toContain('has the record of the anchor')
    expect(await run('verify', '--anchor', `9:${head.hash}`, store())).toBe(1)
    expect(cli.output).toContain('breaks at record 5: it is missing: the anchor says that there are 9 records')
    const level = await levelStore(store())
    await level.batch([{ type: 'del', key: 'u/audit/r/0000000002' }], { sync: true })
    await level.close()
    expect(await run('verify', store())).toBe(1)
    expect(cli.output).toMatch(/^The trail breaks at record 2: it is missing/)
  })

  it('reads what a running system has committed', async () => {
    await using opened = await open()
    await work(opened)
    expect(await run('verify', store())).toBe(0)
    expect(cli.output).toContain('4 records')
    expect(cli.notes).toContain('A process has the store open')
  })

  it('reads an encrypted store with ROSCIUS_KEY', async () => {
    await filled({ journal: true }, { key: KEY, keyId: 'k1' })
    await expect(run('verify', store())).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
    vi.stubEnv('ROSCIUS_KEY', Buffer.from(KEY).toString('hex'))
    expect(await run('verify', '--json', store())).toBe(0)
    expect(JSON.parse(cli.output)).toMatchObject({ payloads: { absent: 0 } })
  })
})

describe('roscius audit export', () => {
  it('writes a record a line, redacted, which can be checked by itself', async () => {
    await filled()
    expect(await run('export', store())).toBe(0)
    const lines = cli.output.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { n: 1, kind: 'intervention', path: 'd', subject: 'PAUSE', payload: { event: { type: 'PAUSE', by: 'ann' } } },
      { n: 2, subject: 'GUIDE', erased: true },
      { n: 3, payload: { event: { by: 'bob' } } },
      { n: 4, kind: 'erased', payload: { by: 'ann', records: [[2, 2]] } },
    ])
    const first = cli.output
    expect(await run('export', '-o', file(), store())).toBe(0)
    expect(cli.notes).toContain('4 records')
    expect(readFileSync(file(), 'utf8')).toBe(first)
    expect(await run('verify', file())).toBe(0)
    expect(cli.output).toContain('4 payloads: 3 compared, 1 erased')
    await expect(run('export', '-o', file(), store())).rejects.toMatchObject({ code: 'EEXIST' })
  })

  it('is found out when the file was changed', async () => {
    await filled()
    await run('export', '-o', file(), store())
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"by":"bob"', '"by":"eve"'))
    expect(await run('verify', file())).toBe(1)
    expect(cli.output).toMatch(/^The trail breaks at record 3: its payload is not the one that was recorded/)
  })

  it('writes journal records only where that is asked for', async () => {
    await filled({ journal: true })
    await run('export', store())
    expect(cli.output).not.toContain('"journal":"')
    expect(cli.output).not.toContain('hunter2')
    await run('export', '--journal', '-o', file(), store())
    expect(await run('verify', '--json', file())).toBe(0)
    expect(JSON.parse(cli.output)).toMatchObject({ payloads: { absent: 0, erased: 1 } })
  })

  it('writes a part, which is checked as such', async () => {
    await filled()
    await run('export', '--kind', 'intervention', '--path', 'd', '--from', '2', '--to', '3', '-o', file(), store())
    expect(readFileSync(file(), 'utf8').split('\n')).toHaveLength(3)
    expect(await run('verify', file())).toBe(1)
    expect(await run('verify', '--partial', file())).toBe(0)
    expect(cli.output).toContain('2 records: hashes and links checked, 1 left out')
  })
})

it('roscius audit explains itself with --help, and answers 2 when it is called wrongly', async () => {
  expect(await run('--help')).toBe(0)
  expect(cli.output).toContain('Usage: roscius audit verify')
  expect(await run('verify')).toBe(2)
  expect(await run('burn', store())).toBe(2)
  await expect(run('verify', join(cli.folder, 'absent'))).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await expect(run('export', '--kind', 'x', store())).rejects.toThrow('--kind is one of journal')
  await expect(run('verify', '--anchor', '3', store())).rejects.toThrow('--anchor is a number and a hash')
})
