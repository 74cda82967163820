import { createSystem, memoryStore } from 'roscius'
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { createConsole } from '../../src/control/console.js'
import { createControl } from '../../src/control/control.js'
import { EventLoopDelay } from '../../src/control/health/event-loop.js'
import { healthOf, type VitalSigns } from '../../src/control/health/health.js'
import { consoleWorld, TOKEN } from './console-world.js'
import { ask } from './raw.js'

const world = consoleWorld()

const WELL: VitalSigns = { eventLoopMs: 5, inFlightMs: 0, commitMs: 1, oldestMailMs: 0, isHalted: false }
const LIMITS = { eventLoopMs: 1_000, commitMs: 5_000, oldestMailMs: 30_000 }

describe('health', () => {
  const failed = (of: 'healthz' | 'readyz', signs: Partial<VitalSigns>): string[] =>
    healthOf(of, { ...WELL, ...signs }, LIMITS).checks.flatMap(({ name, ok }) => (ok ? [] : [name]))

  it('is bad where only a new process helps: it stands still, the event loop does, or a commit does not end', () => {
    expect(failed('healthz', {})).toEqual([])
    expect(failed('healthz', { isHalted: true })).toEqual(['halted'])
    expect(failed('healthz', { eventLoopMs: 1_001 })).toEqual(['eventLoop'])
    expect(failed('healthz', { inFlightMs: 5_001 })).toEqual(['commitInFlight'])
    expect(failed('healthz', { oldestMailMs: 60_000, commitMs: 6_000 })).toEqual([])
  })

  it('says that it is not ready where mail waits for long, or commits take long', () => {
    expect(failed('readyz', { oldestMailMs: 30_001 })).toEqual(['oldestMail'])
    expect(failed('readyz', { commitMs: 5_001 })).toEqual(['commit'])
    expect(failed('readyz', { isHalted: true })).toEqual(['halted'])
  })

  it('is 200 or 503, by limits that can be set', async () => {
    expect((await world.get('/healthz')).status).toBe(200)
    await world.reopen({ health: { eventLoopMs: 0.000_001 } })
    const spinUntil = performance.now() + 60
    while (performance.now() < spinUntil);
    await expect.poll(async () => (await world.get('/healthz')).status).toBe(503)
    expect((await world.get('/readyz')).json()).toMatchObject({
      ok: false,
      checks: expect.arrayContaining([expect.objectContaining({ name: 'eventLoop', ok: false, unit: 'ms' })]),
    })
    expect((await world.get('/healthz', {})).json()).toEqual({ ok: false })
  })

  it('knows of a wait that began as soon as it was opened', async () => {
    const delay = new EventLoopDelay()
    const spinUntil = performance.now() + 120
    while (performance.now() < spinUntil);
    await expect.poll(() => delay.maxMs).toBeGreaterThan(90)
    delay.close()
  })

  it('tells that a node stands still', async () => {
    const failing = createMachine({
      on: {
        FAIL: {
          actions: () => {
            throw new Error('no')
          },
        },
      },
    })
    const system = await createSystem({ name: 'n', store: memoryStore(), logic: { failing }, logger: () => {} })
    await using running = await createConsole(system, { port: 0, token: TOKEN })
    const ref = await system.spawn('failing', { id: 'f' })
    for (let n = 0; n < 6; n++) await ref.deliver({ type: 'FAIL' }).catch(() => undefined)
    const answer = await ask(running.port, '/healthz', { headers: world.operator })
    expect([answer.status, answer.json()]).toMatchObject([503, { checks: [{ name: 'halted', ok: false }, {}, {}] }])
    expect(await ask(running.port, '/api/actors', { headers: world.operator })).toMatchObject({
      status: 503,
      code: 'ROOT_FAILED',
    })
    const node = await ask(running.port, '/api/node', { headers: world.operator })
    expect([node.status, node.json()]).toMatchObject([
      200,
      { name: 'n', counts: {}, halted: expect.stringContaining('f failed too often') },
    ])
    const { status, text } = await ask(running.port, '/metrics', { headers: world.operator })
    expect(status).toBe(200)
    expect(text).toMatch(/^roscius_halted 1$/m)
    expect(text).toMatch(/^roscius_units_total [1-9]/m)
    expect(text).not.toMatch(/^roscius_actors\{/m)
  })

  it('tells that the system was stopped, and answers nothing else', async () => {
    await world.system.stop()
    expect((await world.get('/readyz')).status).toBe(503)
    for (const path of ['/api/node', '/api/actors', '/metrics'])
      expect(await world.get(path), path).toMatchObject({ status: 503, code: 'SYSTEM_STOPPED' })
    const sent = await world.post('/api/actor/send', { path: 'hall', event: { type: 'TOGGLE' } })
    const paused = await world.post('/api/actor/pause', { path: 'hall' })
    for (const answer of [sent, paused]) expect(answer).toMatchObject({ status: 503, code: 'SYSTEM_STOPPED' })
  })
})

describe('metrics', () => {
  const metrics = async (): Promise<Map<string, number>> => {
    const { text, headers } = await world.get('/metrics')
    expect(headers['content-type']).toContain('text/plain; version=0.0.4')
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(
      lines.map((line): [string, number] => [
        line.slice(0, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' ') + 1)),
      ]),
    )
  }

  it('count what the node does', async () => {
    const before = await metrics()
    await world.post('/api/actor/send', { path: 'hall', event: { type: 'TOGGLE' } })
    await world.system
      .actor('lamp' as never, 'nobody')
      .deliver({ type: 'TOGGLE' } as never)
      .catch(() => undefined)
    const after = await metrics()
    expect(after.get('roscius_units_total')).toBeGreaterThan(before.get('roscius_units_total') as number)
    expect(after.get('roscius_commits_total')).toBeGreaterThan(before.get('roscius_commits_total') as number)
    expect(after.get('roscius_dead_letters_total{reason="actorNotFound"}')).toBe(1)
    expect(after.get('roscius_actors{status="active"}')).toBe(2)
    expect(after.get('roscius_approvals_pending')).toBe(1)
    for (const name of [
      'restarts_total',
      'mail_waiting',
      'oldest_mail_seconds',
      'event_loop_delay_seconds',
      'commit_seconds{of="mean"}',
      'halted',
      'effects_running',
    ])
      expect(after.has(`roscius_${name}`), name).toBe(true)
    expect([...after.keys()].some((name) => name.startsWith('process_cpu'))).toBe(true)
  })

  it('are right for each of those who ask at once', async () => {
    await using control = createControl(world.system, { token: TOKEN })
    const read = async (): Promise<string> => {
      const answer = await control.fetch(new Request('http://localhost/metrics', { headers: world.operator }))
      return answer.text()
    }
    for (const text of await Promise.all([read(), read(), read()]))
      expect(text).toMatch(/^roscius_actors\{status="active"\} 2$/m)
    expect(await read()).toMatch(/^roscius_actors\{status="active"\} 2$/m)
  })

  it('tell of budgets, and of no other path of an actor', async () => {
    const { withBudget } = await import('roscius')
    await world.system.spawn('lamp' as never, { id: 'rich', ...withBudget({ tokens: 100 }) } as never)
    for (let n = 0; n < 30; n++)
      await world.system.spawn('lamp' as never, { id: `lamp-${n}`, ...withBudget({ tokens: 10 }) } as never)
    const keys = [...(await metrics()).keys()]
    expect(keys.filter((key) => key.startsWith('roscius_budget_used_ratio'))).toHaveLength(20)
    expect(keys.filter((key) => /lamp-|hall/.test(key) && !key.startsWith('roscius_budget'))).toEqual([])
  })

  it('of two consoles of one process do not meet', async () => {
    const system = await createSystem({ name: 'other', store: memoryStore(), logic: {} })
    await using running = await createConsole(system, { port: 0, token: TOKEN })
    const other = await ask(running.port, '/metrics', { headers: world.operator })
    expect(other.text).toContain('roscius_approvals_pending 0')
    expect((await metrics()).get('roscius_approvals_pending')).toBe(1)
    await system.stop()
  })
})
