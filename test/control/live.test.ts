import { defineRedaction } from 'roscius'
import { simulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { LiveViewer, type ViewerSocket } from '../../src/control/live/live-viewer.js'
import { VIEWER } from '../../src/control/live/viewer-limits.js'
import { type LiveFrame, liveFrame } from '../../src/control/protocol/live.js'
import { consoleWorld, TOKEN, VIEWER as VIEWER_TOKEN } from './console-world.js'
import { RawSocket } from './raw.js'

const world = consoleWorld()

async function connected(
  headers: Readonly<Record<string, string>> = world.operator,
  path = '/api/live',
): Promise<RawSocket> {
  const socket = new RawSocket(`ws://127.0.0.1:${world.port}${path}`, headers)
  if (!(await socket.opened)) throw new Error(`refused with ${socket.status}`)
  return socket
}

const subscribe = (id: string, to: object): object => ({ op: 'subscribe', id, to })
const toggle = () => world.post('/api/actor/send', { path: 'hall', event: { type: 'TOGGLE' } })

describe('the live socket', () => {
  it('sends the frames of each topic as the protocol says', async () => {
    const socket = await connected()
    const topics = {
      a: { topic: 'pulse' },
      b: { topic: 'tree' },
      c: { topic: 'actor', path: 'hall' },
      d: { topic: 'timeline' },
      e: { topic: 'changes', of: ['deadLetters', 'approvals'] },
    }
    for (const [id, to] of Object.entries(topics)) socket.say(subscribe(id, to))
    await expect.poll(() => socket.of('c').length).toBeGreaterThan(0)
    await toggle()
    await world.system
      .actor('lamp' as never, 'nobody')
      .deliver({ type: 'TOGGLE' } as never)
      .catch(() => undefined)
    for (const id of Object.keys(topics))
      await expect.poll(() => socket.of(id).length, { message: id }).toBeGreaterThan(0)
    await expect.poll(() => JSON.stringify(socket.of('c'))).toContain('lamp.off|TOGGLE|0')
    for (const frame of socket.frames) expect(liveFrame.safeParse(frame).error?.issues).toBeUndefined()
    expect(socket.of('b')).toContainEqual(expect.objectContaining({ kind: 'rows', isFirst: true, isWhole: true }))
    expect(socket.of('d').flatMap((frame) => frame.items)).toContainEqual(
      expect.objectContaining({ kind: 'unit', path: 'hall' }),
    )
    socket.socket.close()
  })

  it('sends nothing of a topic any more once it was left', async () => {
    const socket = await connected()
    socket.say(subscribe('d', { topic: 'timeline' }))
    await toggle()
    await expect.poll(() => socket.of('d').length).toBeGreaterThan(0)
    socket.say({ op: 'unsubscribe', id: 'd' })
    socket.say(subscribe('x', { topic: 'timeline' }))
    const before = socket.of('d').length
    await toggle()
    await expect.poll(() => socket.of('x').length).toBeGreaterThan(0)
    expect(socket.of('d')).toHaveLength(before)
    socket.socket.close()
  })

  it('tells a viewer that it can do nothing', async () => {
    const socket = await connected(world.viewer)
    socket.say(subscribe('c', { topic: 'actor', path: 'hall' }))
    await expect
      .poll(() => socket.of('c'))
      .toMatchObject([{ actor: { can: { send: false, pause: false, cancel: false } } }])
    socket.socket.close()
  })

  it('ends with the reason when it is sent rubbish', async () => {
    const rubbish: [string, string][] = [
      ['rubbish', 'request: is not JSON'],
      ['{"op":"subscribe","id":"a","to":{"topic":"secrets"}}', 'request.to'],
      ['{"op":"subscribe","id":"a","to":{"topic":"actor"}}', 'request.to.path'],
      ['{"op":"erase","id":"a"}', 'request.op'],
      ['{"op":"subscribe","id":"a","to":{"topic":"pulse","__proto__":{}}}', '__proto__'],
      [`{"op":"unsubscribe","id":"${'x'.repeat(101)}"}`, 'request.id'],
      ['['.repeat(10_000), 'nested'],
    ]
    for (const [text, reason] of rubbish) {
      const socket = await connected()
      socket.say(text)
      expect(await socket.closed, text.slice(0, 80)).toEqual({ code: 4_400, reason: expect.stringContaining(reason) })
    }
    const binary = await connected()
    binary.socket.send(Buffer.from([1, 2, 3]))
    expect((await binary.closed).code).toBe(4_400)
    const huge = await connected()
    huge.say('x'.repeat(70_000))
    expect((await huge.closed).code).toBe(1_009)
    expect((await world.get('/api/node')).status).toBe(200)
  })

  it('refuses with a frame what it can not do, and goes on', async () => {
    const socket = await connected()
    socket.say(subscribe('a', { topic: 'pulse' }))
    socket.say(subscribe('a', { topic: 'pulse' }))
    socket.say(subscribe('b', { topic: 'actor', path: '$ask/1' }))
    await expect
      .poll(() => socket.frames.filter(({ kind }) => kind === 'refused'))
      .toMatchObject([
        { id: 'a', error: { code: 'OPTIONS_INVALID' } },
        { id: 'b', error: { code: 'ADDRESS_INVALID' } },
      ])
    await expect.poll(() => socket.of('a').some(({ kind }) => kind === 'pulse')).toBe(true)
    socket.socket.close()
  })

  it('is closed, and says so, when the console is', async () => {
    const socket = await connected()
    await world.running.close()
    expect(await socket.closed).toEqual({ code: 1_001, reason: 'the console is closed' })
    await world.open()
  })

  it('ends soon after the session that it was opened with, and when nobody is behind it any more', async () => {
    const clock = simulatedClock()
    await world.reopen({ clock })
    const page = await world.signedIn()
    const socket = await connected(page)
    const dead = await connected()
    dead.socket.pause()
    await clock.advance(VIEWER.heartbeatMs)
    const { ask } = await import('./raw.js')
    await ask(world.port, '/api/session', { method: 'DELETE', headers: page })
    await clock.advance(VIEWER.heartbeatMs)
    expect(await socket.closed).toEqual({ code: 4_401, reason: 'the session has ended' })
    dead.socket.resume()
    expect((await dead.closed).code).toBe(1_006)
  })

  it('that was opened with a token goes on, whoever shows wrong ones from the same address', async () => {
    const clock = simulatedClock()
    await world.reopen({ clock })
    const socket = await connected()
    await clock.advance(VIEWER.heartbeatMs - 100)
    for (let n = 0; n < 15; n++) await world.get('/api/node', { authorization: `Bearer wrong ${n}` })
    expect((await world.get('/api/node')).status).toBe(429)
    await clock.advance(100)
    socket.say(subscribe('p', { topic: 'pulse' }))
    const pulses = async (): Promise<number> => {
      await clock.advance(50)
      return socket.of('p').length
    }
    await expect.poll(pulses).toBeGreaterThan(0)
  })

  it('keeps some places for operators, however many viewers come', async () => {
    const many = VIEWER.maxViewers - VIEWER.keptForOperators
    const sockets = await Promise.all(Array.from({ length: many }, () => connected(world.viewer)))
    const viewer = new RawSocket(`ws://127.0.0.1:${world.port}/api/live`, world.viewer)
    expect([await viewer.opened, viewer.status]).toEqual([false, 503])
    sockets.push(await connected(world.operator))
    for (const { socket } of sockets) socket.close()
  })

  it('takes no more than so many viewers at once', async () => {
    const sockets = await Promise.all(Array.from({ length: VIEWER.maxViewers }, () => connected()))
    const one = new RawSocket(`ws://127.0.0.1:${world.port}/api/live`, world.operator)
    expect([await one.opened, one.status]).toEqual([false, 503])
    for (const { socket } of sockets) socket.close()
  })

  it('is at its path, and nowhere else', async () => {
    const socket = new RawSocket(`ws://127.0.0.1:${world.port}/api/alive`, world.operator)
    expect([await socket.opened, socket.status]).toEqual([false, 404])
  })
})

describe('a viewer at the live socket', () => {
  class Slow implements ViewerSocket {
    bufferedBytes = 0
    readonly sent: LiveFrame[] = []
    closed: { readonly code: number; readonly reason: string } | undefined
    send(text: string): void {
      this.sent.push(JSON.parse(text))
    }
    close(code: number, reason: string): void {
      this.closed = { code, reason }
    }
  }

  function viewer() {
    const socket = new Slow()
    const sinks: { ready(): boolean; send(frame: object): void }[] = []
    let open = 0
    const source = {
      subscribe: (_: object, sink: (typeof sinks)[number]) => {
        sinks.push(sink)
        open++
        return { close: () => void open-- }
      },
    }
    const ports = { source, clock: simulatedClock(), mask: defineRedaction(), onError: () => undefined }
    const live = new LiveViewer(socket, ports)
    return { live, socket, sinks, openTopics: () => open }
  }

  it('is not ready while too much waits for it, and is ready again', () => {
    const { live, socket, sinks } = viewer()
    live.heard(JSON.stringify(subscribe('a', { topic: 'timeline' })))
    expect(sinks[0]?.ready()).toBe(true)
    socket.bufferedBytes = VIEWER.maxBufferedBytes
    expect(sinks[0]?.ready()).toBe(false)
    socket.bufferedBytes = 0
    expect(sinks[0]?.ready()).toBe(true)
  })

  it('has so many topics at most, and none after it has gone', () => {
    const { live, socket, sinks, openTopics } = viewer()
    for (let n = 0; n <= VIEWER.maxTopics; n++) live.heard(JSON.stringify(subscribe(`t${n}`, { topic: 'pulse' })))
    expect(openTopics()).toBe(VIEWER.maxTopics)
    expect(socket.sent).toMatchObject([{ kind: 'refused' }])
    live.close()
    expect(openTopics()).toBe(0)
    sinks[0]?.send({ kind: 'pulse' })
    expect(socket.sent).toHaveLength(1)
  })

  it('that asks without end is closed', () => {
    const { live, socket } = viewer()
    for (let n = 0; n < 1_000; n++) live.heard('{"op":"unsubscribe","id":"a"}')
    expect(socket.closed).toMatchObject({ code: 4_429 })
  })
})

describe('the socket for inspectors of Stately', () => {
  it('tells of the actors that are there, and of what they do', async () => {
    const socket = await connected(world.viewer, '/stately')
    await expect
      .poll(() => socket.frames.map(({ type, sessionId }) => `${type} ${sessionId}`))
      .toContain('@xstate.actor hall')
    await toggle()
    await expect.poll(() => socket.frames.map(({ type }) => type)).toContain('@xstate.event')
    socket.socket.close()
  })

  it('takes a token from its URL, from whatever page; a cookie is worth nothing from another', async () => {
    const { cookie } = await world.signedIn()
    const evil = { origin: 'https://stately.ai' }
    const withToken = await connected(evil, `/stately?token=${VIEWER_TOKEN}`)
    withToken.socket.close()
    const url = `ws://127.0.0.1:${world.port}`
    const refused = [
      new RawSocket(`${url}/stately`, { ...evil, cookie }),
      new RawSocket(`${url}/stately?token=wrong`, { ...evil, cookie }),
      new RawSocket(`${url}/stately?token=${TOKEN}`, { ...evil, host: 'evil.example' }),
      new RawSocket(`${url}/api/live?token=${TOKEN}`, evil),
    ]
    for (const one of refused) expect(await one.opened).toBe(false)
    expect(refused.map(({ status }) => status)).toEqual([403, 401, 403, 403])
  })
})
