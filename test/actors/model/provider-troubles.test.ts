import { describe, expect, it, vi } from 'vitest'
import { isProviderFailure, isRateLimited, isTransient, retryAfterMs } from '../../../actors/brain-failure.js'
import { isPermanent } from '../../../machines/agent/failure.js'
import {
  brokenBy,
  type ChatAnswer,
  cut,
  garbage,
  hanging,
  status,
  stopShort,
} from '../../support/chat-completions-server.js'
import { all } from '../../support/world.js'
import { contextOf } from '../brain-stage.js'
import { agentWorld, chat, counting, finishing, modelAt, question } from './model-stage.js'

const KEY = 'sk-very-secret-0123456789'

/** What the brain throws, and as what the rest takes it. */
async function failureOf(brain: ReturnType<typeof modelAt>) {
  const error: Error & { usage?: object; failureClass?: string } = await Promise.resolve(
    brain.decide(question(), contextOf()),
  ).then(
    () => expect.unreachable(),
    (thrown) => thrown,
  )
  return { error, text: JSON.stringify({ ...error, message: error.message, stack: error.stack }) }
}

describe('a model that does not answer', () => {
  it.each<[string, ChatAnswer, object]>([
    ['429', status(429, { 'retry-after': '7' }), { failureClass: 'transient', statusCode: 429, usage: {} }],
    ['401', status(401), { failureClass: 'permanent', statusCode: 401, usage: {} }],
    ['404', status(404), { failureClass: 'permanent', statusCode: 404, usage: {} }],
    ['500', status(500), { failureClass: 'transient', statusCode: 500 }],
    ['504', status(504), { failureClass: 'timeout', statusCode: 504 }],
    ['a cut connection', cut(counting, 5), { failureClass: 'transient' }],
    ['a connection cut before it began', cut(counting, 0), { failureClass: 'transient' }],
    ['a stream without an end', stopShort(counting, 5), { failureClass: 'transient' }],
    ['a stream that is no JSON', garbage(), { failureClass: 'transient' }],
    ['an error within the stream', brokenBy({ message: 'overloaded' }), { failureClass: 'transient' }],
  ])('is told by what happened, and whether something was used: %s', async (_, answer, expected) => {
    const server = await chat(answer)
    const { error } = await failureOf(modelAt(server))
    expect(error).toMatchObject({
      name: 'RosciusError',
      code: 'MODEL_FAILED',
      details: { model: 'bee-1' },
      ...expected,
    })
    expect('usage' in error).toBe('usage' in expected)
    const isPermanentHere = error.failureClass === 'permanent'
    expect([isTransient(error), isPermanent(error)]).toEqual([!isPermanentHere, isPermanentHere])
    expect(server.requests).toHaveLength(1)
  })

  it('is left alone for as long as it says, and counts as well', async () => {
    const { error } = await failureOf(modelAt(await chat(status(429, { 'retry-after': '7', 'x-other': 'no' }))))
    expect([isRateLimited(error), retryAfterMs(error, 0)]).toEqual([true, 7_000])
    expect(JSON.stringify(error)).not.toContain('x-other')
  })

  it('counts as unwell where it is: after 5xx and cut connections', async () => {
    const { error } = await failureOf(modelAt(await chat(cut(counting))))
    expect(isProviderFailure(error)).toBe(true)
  })

  it('has used nothing if it was not reached', async () => {
    const server = await chat()
    const brain = modelAt(server)
    await server.close()
    const { error } = await failureOf(brain)
    expect(error).toMatchObject({ failureClass: 'transient', details: { code: 'ECONNREFUSED' }, usage: {} })
  })

  it('is not waited for when nobody wants to know any more: the request is cut', async () => {
    const { answer, begun } = hanging(counting)
    const server = await chat(answer)
    const controller = new AbortController()
    const asking = Promise.resolve(modelAt(server).decide(question(), contextOf({ signal: controller.signal })))
    const outcome = expect(asking).rejects.toMatchObject({ name: 'AbortError' })
    await begun
    controller.abort()
    await outcome
    await server.idle()
    expect(server.requests).toMatchObject([{ isCut: true }])
  })
})

describe('the key', () => {
  it('is read from the environment for each request, and sent as a header', async () => {
    const server = await chat(counting, finishing)
    const brain = modelAt(server, { apiKeyEnv: 'BEE_KEY' })
    vi.stubEnv('BEE_KEY', KEY)
    await brain.decide(question(), contextOf())
    vi.stubEnv('BEE_KEY', 'another\n')
    await brain.decide(question(), contextOf())
    vi.unstubAllEnvs()
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`, 'Bearer another'])
  })

  it('is not sent where none is wanted', async () => {
    const server = await chat(finishing)
    await modelAt(server).decide(question(), contextOf())
    expect(server.requests[0]?.headers.authorization).toBeUndefined()
  })

  it.each([
    ['is missing', undefined, 'BEE_KEY is not set'],
    ['can not be one', 'two words\u0007', 'BEE_KEY has a character in it'],
  ])('is asked for if it %s, and nothing is sent', async (_, value, said) => {
    vi.stubEnv('BEE_KEY', value)
    const server = await chat()
    const { error, text } = await failureOf(modelAt(server, { apiKeyEnv: 'BEE_KEY' }))
    vi.unstubAllEnvs()
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID', details: { field: 'apiKeyEnv' }, failureClass: 'permanent' })
    expect(error.message).toContain(said)
    expect(text).not.toContain('two words')
    expect(server.requests).toEqual([])
  })

  it('is in no error, not even if the server sends it back', async () => {
    vi.stubEnv('BEE_KEY', KEY)
    const echo = status(401, { 'retry-after': KEY }, `Incorrect API key: ${KEY}; my-token-1234`)
    const headers = { 'x-token': 'my-token-1234' }
    const server = await chat(echo, cut(counting))
    const brain = modelAt(server, { apiKeyEnv: 'BEE_KEY', headers })
    const { error, text } = await failureOf(brain)
    const { text: other } = await failureOf(brain)
    vi.unstubAllEnvs()
    expect(error.message).toContain('Incorrect API key: [secret]; [secret]')
    for (const one of [text, other]) expect(one).not.toMatch(/sk-very|my-token/)
  })

  it('is in no record of the store', async () => {
    vi.stubEnv('BEE_KEY', KEY)
    const server = await chat(status(500, {}, `I saw ${KEY}`), counting, finishing)
    const { world, system, ref } = await agentWorld(server, { model: { apiKeyEnv: 'BEE_KEY' } })
    await system.spawn('agent', { id: 'a' })
    await system.settled()
    await world.advance(1_000)
    await ref().result()
    vi.unstubAllEnvs()
    const records = await all(world.store.range({ gte: '\0', lt: '\uffff' }))
    expect(records.length).toBeGreaterThan(3)
    const texts = records.map(([key, value]) => `${key} ${Buffer.from(value).toString('latin1')}`)
    expect(texts.some((text) => text.includes('count the bees'))).toBe(true)
    expect(texts.filter((text) => text.includes('sk-very'))).toEqual([])
    expect(server.requests.map(({ headers }) => headers.authorization)).toContain(`Bearer ${KEY}`)
  })
})
