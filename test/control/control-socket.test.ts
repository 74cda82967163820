import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createSystem, type System, serveControl } from 'roscius'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listed } from '../../src/control/answers/approvals.js'
import { findControl } from '../../src/control/client/control-client.js'
import type { ServedControl } from '../../src/control/control-socket.js'
import type { LiveFrame } from '../../src/control/protocol/live.js'
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

async function found(by?: string) {
  const control = await findControl(folder, by === undefined ? {} : { by })
  if (control === undefined) throw new Error('Nobody answers.')
  return control
}

interface Said {
  readonly status: number
  readonly error: { readonly code: string; readonly message: string }
}

/** What a request is answered that no client of ours would send. */
function say(path: string, method: string, route: string, body?: string | Buffer): Promise<Said> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const asked = request({ socketPath: path, method, path: route, headers, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (part) => {
        text += String(part)
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, ...JSON.parse(text) }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** About files: their modes, links and lengths of paths. On Windows the door is a named pipe, which is none. */
const onlyPosix = it.skipIf(process.platform === 'win32')

describe('the door of a running system', () => {
  it('lets another process list, show and decide', async () => {
    door = await serveControl(system, { folder })
    const control = await found('ada')
    const { approvals, isAll } = await control.approvals({})
    expect([approvals.length, isAll]).toEqual([1, true])
    const [{ id, code } = { id: '', code: '' }] = approvals
    expect(await control.approval({ id: code })).toMatchObject({ id, tool: 'wipe', input: { disk: 'b' } })
    const decision = { decision: 'approve' as const, ids: [code, 'gone'] }
    expect(await control.decideApprovals(decision)).toMatchObject([
      { id, ok: true, approval: { status: 'approved', settled: { by: 'ada' } } },
      { id: 'gone', ok: false, error: { code: 'APPROVAL_NOT_FOUND' } },
    ])
    expect(system.approvals.get(id)).toMatchObject({ status: 'approved' })
    expect(await control.decideApprovals({ ...decision, ids: [id] })).toMatchObject([
      { ok: false, error: { code: 'APPROVAL_DECIDED', details: { by: 'ada' } } },
    ])
    await expect(control.approval({ id: 'gone' })).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' })
  })

  it('speaks the whole control API: actors, orders, live frames', async () => {
    door = await serveControl(system, { folder })
    const control = await found('ada')
    expect(await control.session()).toMatchObject({ role: 'operator', node: 'n' })
    expect(await control.actors({ search: 'A' })).toMatchObject({ total: 1, rows: [{ path: 'a', logic: 'agent' }] })
    await control.pause({ path: 'a', reason: 'to look at it' })
    expect(await control.actor({ path: 'a' })).toMatchObject({ row: { isPaused: true }, can: { resume: true } })
    const frames: LiveFrame[] = []
    const { close } = await control.live({ topic: 'tree' }, (frame) => frames.push(frame))
    const isWhole = () => frames.some((frame) => frame.kind === 'rows' && frame.isWhole)
    await expect.poll(isWhole).toBe(true)
    expect(frames[0]).toMatchObject({ kind: 'rows', rows: [{ path: 'a' }], isFirst: true })
    close()
    await expect(control.actor({ path: 'nobody' })).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  })

  it('tells of links, and refuses to reset one that there is not', async () => {
    door = await serveControl(system, { folder })
    const control = await found('ada')
    expect(await control.links()).toEqual({ links: [] })
    await expect(control.resetLink({ peer: 'b' })).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
  })

  it('refuses what it can not read, with the path of the field, and stays open', async () => {
    door = await serveControl(system, { folder })
    const { path } = door
    const decide = (body: string | Buffer) => say(path, 'POST', '/api/approvals/decide', body)
    expect(await decide('nonsense')).toMatchObject({
      status: 400,
      error: { code: 'OPTIONS_INVALID', message: 'body: is not JSON' },
    })
    expect((await decide('{"decision":"approve","ids":[""]}')).error.message).toContain('body.ids.0')
    expect((await say(path, 'GET', '/api/approvals?status=lost')).error.message).toContain('query.status')
    expect(await say(path, 'GET', '/api/erase')).toMatchObject({ status: 404 })
    expect(await decide(Buffer.alloc(3_000_000, 'x'))).toMatchObject({ status: 413 })
    expect(await (await found()).approvals({})).toMatchObject({ isAll: true })
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
    await expect(findControl(folder)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  it('is one: a second is refused while the first is open, and nobody answers once it is closed', async () => {
    door = await serveControl(system, { folder })
    await expect(serveControl(system, { folder })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    expect(await findControl(folder)).toBeDefined()
    await door.close()
    expect(await findControl(folder)).toBeUndefined()
    door = await serveControl(system, { folder })
    expect(await findControl(folder)).toBeDefined()
  })

  it('ends the live frames of whoever looks when it is closed, and says so', async () => {
    door = await serveControl(system, { folder })
    const control = await found()
    let why = ''
    await control.live(
      { topic: 'pulse' },
      () => undefined,
      (said) => {
        why = said
      },
    )
    await door.close()
    await expect.poll(() => why).toBe('the console is closed')
  })

  onlyPosix('replaces what a killed process has left', async () => {
    mkdirSync(join(folder, 'control'))
    const stale = join(folder, 'control', 'control.sock')
    writeFileSync(stale, '')
    expect(await findControl(folder).catch(() => undefined)).toBeUndefined()
    door = await serveControl(system, { folder })
    expect(await findControl(folder)).toBeDefined()
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
    expect(await findControl(deep)).toBeDefined()
    const { path } = door
    await door.close()
    expect(existsSync(dirname(path))).toBe(false)
    expect(await findControl(deep)).toBeUndefined()
  })

  it('cuts arguments that are too long, and says so; secrets in them are masked', async () => {
    const [approval] = system.approvals.list()
    if (approval === undefined) throw new Error('Nothing is pending.')
    const { defineRedaction } = await import('roscius')
    const told = (input: unknown) => listed({ ...approval, input }, defineRedaction())
    const long = told({ text: 'x'.repeat(10_000), when: new Map([['a', 1n]]) })
    expect(String(long.input)).toHaveLength(2_000)
    expect(long.inputCut).toBeGreaterThan(10_000)
    expect(told(new Map([['a', 1n]])).input).toEqual({ Map: [['a', '1n']] })
    expect(told({ password: 'hunter2', disk: 'b' }).input).toEqual({ password: '[redacted]', disk: 'b' })
  })

  it('says that the system has stopped, and lets go of whoever waits', async () => {
    door = await serveControl(system, { folder })
    await system.stop()
    const control = await findControl(folder)
    await expect(control?.decideApprovals({ decision: 'deny', ids: ['a'] })).rejects.toThrow()
  })
})
