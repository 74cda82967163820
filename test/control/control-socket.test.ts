import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createSystem, type System } from 'roscius'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findSystem } from '../../src/control/control-client.js'
import { type ServedControl, serveControl } from '../../src/control/control-socket.js'
import { agentLogic } from '../governance/approvals/desk-world.js'

let folder: string
let system: System
let door: ServedControl | undefined
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roscius-door-'))
  await open(folder)
})
afterEach(async () => {
  await door?.close()
  door = undefined
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function open(at: string): Promise<void> {
  system = (await createSystem({ name: 'n', store: at, logic: { agent: agentLogic([]) } })) as unknown as System
  await system.spawn('agent', { id: 'a' })
  await system.settled()
}

/** What one line is answered. */
function say(path: string, text: string | Buffer): Promise<{ ok: boolean; error?: { code: string; message: string } }> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let answer = ''
    socket.on('error', reject).on('data', (chunk) => {
      answer += String(chunk)
      if (!answer.includes('\n')) return
      socket.destroy()
      resolve(JSON.parse(answer))
    })
    socket.write(text)
  })
}

/** About files: their modes, links and lengths of paths. On Windows the door is a named pipe, which is none. */
const onlyPosix = it.skipIf(process.platform === 'win32')

describe('the door of a running system', () => {
  it('lets another process list, show and decide', async () => {
    door = await serveControl(system, { folder })
    const ask = await findSystem(folder)
    if (ask === undefined) throw new Error('Nobody answers.')
    const { approvals, isAll } = await ask<'listApprovals'>({ op: 'listApprovals', filter: {} })
    expect([approvals.length, isAll]).toEqual([1, true])
    const [{ id, code } = { id: '', code: '' }] = approvals
    expect(await ask<'showApproval'>({ op: 'showApproval', id: code })).toMatchObject({
      id,
      tool: 'wipe',
      input: { disk: 'b' },
    })
    const decide = { op: 'decideApprovals' as const, decision: 'approve' as const, ids: [code, 'gone'], by: 'ada' }
    expect(await ask<'decideApprovals'>(decide)).toMatchObject([
      { id, ok: true, approval: { status: 'approved', settled: { by: 'ada' } } },
      { id: 'gone', ok: false, error: { code: 'APPROVAL_NOT_FOUND' } },
    ])
    expect(system.approvals.get(id)).toMatchObject({ status: 'approved' })
    expect(await ask<'decideApprovals'>({ ...decide, ids: [id] })).toMatchObject([
      { ok: false, error: { code: 'APPROVAL_DECIDED', details: { by: 'ada' } } },
    ])
    await expect(ask<'showApproval'>({ op: 'showApproval', id: 'gone' })).rejects.toMatchObject({
      code: 'APPROVAL_NOT_FOUND',
    })
  })

  it('tells of links, and resets one in the name of whoever asks', async () => {
    door = await serveControl(system, { folder })
    const ask = await findSystem(folder)
    expect(await ask?.<'peers'>({ op: 'peers' })).toEqual([])
    const reset = { op: 'resetPeer' as const, peer: 'b', by: 'ada' }
    await expect(ask?.<'resetPeer'>(reset)).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
    const { error } = await say(door.path, '{"op":"resetPeer","peer":"b"}\n')
    expect(error?.message).toContain('request.by')
  })

  it('refuses what it can not read, with the path of the field, and stays open', async () => {
    door = await serveControl(system, { folder })
    const { path } = door
    const refused = async (text: string) => (await say(path, `${text}\n`)).error
    expect(await refused('nonsense')).toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining('JSON'),
    })
    expect(await refused('{"op":"erase"}')).toMatchObject({ code: 'OPTIONS_INVALID' })
    expect(await refused('{"op":"decideApprovals","decision":"approve","ids":["a"],"by":""}')).toMatchObject({
      message: expect.stringContaining('request.by'),
    })
    expect(await refused('{"op":"decideApprovals","decision":"approve","ids":["a"],"by":"  "}')).toMatchObject({
      message: expect.stringContaining('approval.by'),
    })
    expect(await refused('{"op":"listApprovals","filter":{"status":"lost"}}')).toMatchObject({
      message: expect.stringContaining('request.filter.status'),
    })
    expect((await say(path, Buffer.alloc(3_000_000, 'x'))).error?.message).toContain('bytes')
    expect(await say(path, '{"op":"listApprovals","filter":{}}\n')).toMatchObject({ ok: true })
  })

  it('answers several requests of one connection in order, also where a line comes in pieces', async () => {
    door = await serveControl(system, { folder })
    const socket = connect(door.path)
    let answers = ''
    const done = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        answers += String(chunk)
        if (answers.split('\n').length > 2) resolve()
      })
    })
    socket.write('{"op":"li')
    await new Promise((resolve) => setImmediate(resolve))
    socket.write('stApprovals","filter":{}}\n{"op":"showApproval","id":"gone"}\n')
    await done
    socket.destroy()
    expect(
      answers
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line).ok),
    ).toEqual([true, false])
  })

  onlyPosix('is open to nobody but the owner of the store', async () => {
    door = await serveControl(system, { folder })
    expect(statSync(door.path).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(door.path)).mode & 0o777).toBe(0o700)
  })

  onlyPosix('is not opened in a place that leads elsewhere', async () => {
    const elsewhere = join(folder, 'elsewhere')
    mkdirSync(elsewhere)
    symlinkSync(elsewhere, join(folder, 'control'))
    await expect(serveControl(system, { folder })).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(findSystem(folder)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  it('is one: a second is refused while the first is open, and nobody answers once it is closed', async () => {
    door = await serveControl(system, { folder })
    await expect(serveControl(system, { folder })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    expect(await findSystem(folder)).toBeDefined()
    await door.close()
    expect(await findSystem(folder)).toBeUndefined()
    door = await serveControl(system, { folder })
    expect(await findSystem(folder)).toBeDefined()
  })

  onlyPosix('replaces what a killed process has left', async () => {
    mkdirSync(join(folder, 'control'))
    const stale = join(folder, 'control', 'control.sock')
    writeFileSync(stale, '')
    expect(await findSystem(folder).catch(() => undefined)).toBeUndefined()
    door = await serveControl(system, { folder })
    expect(await findSystem(folder)).toBeDefined()
  })

  onlyPosix('is elsewhere where the path of the store is too long for a socket', async () => {
    const deep = join(folder, 'x'.repeat(120))
    await system.stop()
    mkdirSync(deep)
    await open(deep)
    door = await serveControl(system, { folder: deep })
    expect(Buffer.byteLength(door.path)).toBeLessThan(104)
    expect(readFileSync(join(deep, 'control', 'control.path'), 'utf8')).toBe(door.path)
    expect(statSync(dirname(door.path)).mode & 0o777).toBe(0o700)
    expect(await findSystem(deep)).toBeDefined()
    const { path } = door
    await door.close()
    expect(existsSync(dirname(path))).toBe(false)
    expect(await findSystem(deep)).toBeUndefined()
  })

  it('cuts arguments that are too long, and says so', async () => {
    const { listed } = await import('../../src/control/approval-protocol.js')
    const [approval] = system.approvals.list()
    if (approval === undefined) throw new Error('Nothing is pending.')
    const told = listed({ ...approval, input: { text: 'x'.repeat(10_000), when: new Map([['a', 1n]]) } })
    expect(String(told.input)).toHaveLength(2_000)
    expect(told.inputCut).toBeGreaterThan(10_000)
    expect(listed({ ...approval, input: new Map([['a', 1n]]) }).input).toEqual({ Map: [['a', '1n']] })
  })

  it('says that the system has stopped, and lets go of whoever waits', async () => {
    door = await serveControl(system, { folder })
    await system.stop()
    const ask = await findSystem(folder)
    await expect(ask?.({ op: 'decideApprovals', decision: 'deny', ids: ['a'], by: 'ada' })).rejects.toThrow()
  })
})
