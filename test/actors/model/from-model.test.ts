import type { LanguageModel } from 'ai'
import { convertArrayToReadableStream, MockLanguageModelV3 } from 'ai/test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { definePrompt, type FromModelOptions, fromModel, fromOpenAICompatible } from '../../../actors/model/index.js'
import type { Decision, TokenEvent } from '../../../machines/brain.js'
import type { ChatMessage } from '../../support/chat-completions-server.js'
import { contextOf } from '../brain-stage.js'
import { chat, counting, finishing, MODEL, modelAt, PRICES, question } from './model-stage.js'

const CALL = { type: 'tool-call', toolCallId: '1', toolName: 'count', input: '{"what":"bees"}' } as const
const SAID = [
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Count them.' },
  { type: 'text-end', id: 't' },
] as const
const USAGE_V3 = {
  inputTokens: { total: 100, noCache: 40, cacheRead: 60, cacheWrite: undefined },
  outputTokens: { total: 20, text: 20, reasoning: undefined },
}

function modelV3(usage = USAGE_V3) {
  return new MockLanguageModelV3({
    modelId: 'v3',
    doStream: async () => ({
      stream: convertArrayToReadableStream([
        { type: 'stream-start', warnings: [] },
        { type: 'response-metadata', modelId: 'v3-2026' },
        ...SAID,
        CALL,
        { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage },
      ]),
    }),
  })
}

/** The SDK's kit has none of these any more. */
function modelV2(): Extract<LanguageModel, { specificationVersion: 'v2' }> {
  return {
    specificationVersion: 'v2',
    provider: 'bees',
    modelId: 'v2',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('it streams')),
    doStream: async () => ({
      stream: convertArrayToReadableStream([
        { type: 'stream-start', warnings: [] },
        ...SAID,
        CALL,
        { type: 'finish', finishReason: 'tool-calls', usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120 } },
      ]),
    }),
  }
}

async function decisionOver(options: FromModelOptions): Promise<Decision> {
  return fromModel(options).decide(question(), contextOf())
}

/** What a decision is made of over HTTP, and what was sent for it. */
async function asked(message: ChatMessage, options: Parameters<typeof modelAt>[1] = {}, more = {}) {
  const server = await chat(message)
  const tokens: TokenEvent[] = []
  const context = contextOf({ emit: (token) => tokens.push(token) })
  const decision = await modelAt(server, options).decide(question(more), context)
  return { decision, body: server.requests[0]!.body, said: tokens.map(({ text }) => text).join('') }
}

afterEach(() => vi.restoreAllMocks())

describe('fromModel', () => {
  const event = { type: 'USE_TOOL', tool: 'count', input: { what: 'bees' } }

  it('asks models of specification v3', async () => {
    const model = modelV3()
    const decision = await decisionOver({ model, prices: PRICES, temperature: 0.2 })
    expect(decision).toMatchObject({ event, reason: 'Count them.', model: 'v3-2026' })
    expect(model.doStreamCalls).toMatchObject([
      { toolChoice: { type: 'required' }, temperature: 0.2, maxOutputTokens: 1_024 },
    ])
  })

  it('asks models of specification v2', async () => {
    // The SDK says once that it adapts them.
    vi.spyOn(console, 'info').mockReturnValue()
    vi.spyOn(console, 'warn').mockReturnValue()
    const usage = { inputTokens: 100, outputTokens: 20 }
    expect(await decisionOver({ model: modelV2() })).toMatchObject({ event, reason: 'Count them.', model: 'v2', usage })
  })

  it('has its own price for what the provider had in its cache', async () => {
    const { usage } = await decisionOver({ model: modelV3(), prices: PRICES })
    expect(usage?.costUsd).toBeCloseTo((40 * 10 + 60 * 1 + 20 * 30) / 1e6, 12)
  })

  it.each([Number.NaN, -5, 1.5, Number.POSITIVE_INFINITY])(
    'takes a usage of %s tokens for none, and counts what it reserved',
    async (total) => {
      const model = modelV3({ ...USAGE_V3, inputTokens: { ...USAGE_V3.inputTokens, total } })
      const { usage } = await decisionOver({ model, reserve: () => ({ inputTokens: 777 }) })
      expect(usage).toEqual({ inputTokens: 777, outputTokens: 1_024 })
    },
  )

  it('passes on what is for the provider, and whether its decisions are pure', async () => {
    const model = modelV3()
    const providerOptions = { bees: { wings: 4 } }
    expect(await decisionOver({ model, providerOptions, pure: true })).toMatchObject({ pure: true })
    expect(model.doStreamCalls[0]?.providerOptions).toEqual(providerOptions)
  })

  it('asks nobody where nothing is legal', async () => {
    const model = modelV3()
    const asking = Promise.resolve(fromModel({ model }).decide(question({ legal: [] }), contextOf()))
    await expect(asking).rejects.toMatchObject({ code: 'NO_DECISION' })
    expect(model.doStreamCalls).toEqual([])
  })

  it.each<[string, object]>([
    ['model', { model: { modelId: 'x' } }],
    ['maxOutputTokens', { maxOutputTokens: 0 }],
    ['temperature', { temperature: -1 }],
    ['mode', { mode: 'chat' }],
    ['prices.outputUsdPerMillion', { prices: { inputUsdPerMillion: 1 } }],
    ['redact', { redact: 'all' }],
    ['tempreature', { tempreature: 1 }],
  ])('refuses a wrong %s when it is made', (field, options) => {
    const make = () => fromModel({ model: modelV3(), ...options } as FromModelOptions)
    expect(make).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field } }))
  })

  it.each(['not a url', 'ftp://host/v1', 'http://me:secret@host/v1', 'http://host/v1?key=secret'])(
    'refuses %s as the URL of a server, and does not repeat it',
    (baseURL) => {
      const make = () => fromOpenAICompatible({ baseURL, model: MODEL })
      expect(make).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field: 'baseURL' } }))
      expect(make).not.toThrow(/secret/)
    },
  )
})

describe('an answer by tool call', () => {
  it('is an event of the machine, whatever type its arguments claim', async () => {
    const { decision } = await asked({ calls: [{ name: 'FINISH', args: { output: 1, type: 'GIVE_UP' } }] })
    expect(decision).toMatchObject({ event: { type: 'FINISH', output: 1 }, reason: 'no reason given' })
  })

  it('has one decision: of several calls the first', async () => {
    const { decision } = await asked({ calls: [...counting.calls!, ...finishing.calls!] })
    expect(decision.event).toMatchObject({ type: 'USE_TOOL', tool: 'count' })
  })

  it('has the thoughts of a model that says nothing else as its reason', async () => {
    const { decision, said } = await asked({ reasoning: 'Bees are countable.', calls: counting.calls! })
    expect([decision.reason, said]).toEqual(['Bees are countable.', ''])
  })

  it.each<[string, ChatMessage, string]>([
    ['no call', { text: 'I would rather talk.' }, 'no function was called'],
    ['a function that is not there', { calls: [{ name: 'rm', args: {} }] }, 'there is no function rm'],
    [
      'a tool named as the event',
      { calls: [{ name: 'USE_TOOL', args: { tool: 'rm' } }] },
      'there is no function USE_TOOL',
    ],
    ['arguments that are no JSON', { calls: [{ name: 'count', args: '{"what":' }] }, 'the arguments of count'],
    ['an end in the middle', { ...counting, finish: 'length' }, 'the answer was cut off'],
    ['a filter of the provider', { text: 'No.', finish: 'content_filter' }, 'a filter of the provider'],
  ])('that can not be read is a decision that nobody takes, and says why: %s', async (_, message, problem) => {
    const { decision } = await asked(message)
    expect(decision.event).toMatchObject({ type: 'roscius.unreadable', problem: expect.stringContaining(problem) })
    expect(decision.usage).toEqual({ inputTokens: 100, outputTokens: 20 })
  })
})

describe('an answer as one object', () => {
  const object = { mode: 'object' } as const
  const answer = { reason: 'They are "counted".', event: { type: 'FINISH', output: 42 } }

  it('is an event with its reason, which alone is heard while it comes in', async () => {
    const { decision, body, said } = await asked({ text: JSON.stringify(answer) }, object)
    expect(decision).toMatchObject(answer)
    expect(said).toBe(answer.reason)
    expect(body).toMatchObject({ response_format: { type: 'json_object' } })
    expect(body.tools).toBeUndefined()
    expect(body.messages.at(-1)?.content).toContain('"tool":{"const":"count"}')
  })

  it('is kept to a schema by servers that can', async () => {
    const { body } = await asked({ text: JSON.stringify(answer) }, { ...object, structuredOutputs: true })
    const { json_schema } = body.response_format!
    expect(json_schema).toMatchObject({ strict: false, schema: { required: ['reason', 'event'] } })
  })

  it('may stand between marks', async () => {
    const { decision } = await asked({ text: `Gladly!\n\`\`\`json\n${JSON.stringify(answer)}\n\`\`\`` }, object)
    expect(decision).toMatchObject(answer)
  })

  it.each([
    ['no JSON', 'I would rather talk.', 'no JSON'],
    ['no event', '{"reason":"x"}', 'event: '],
    ['an event without a type', '{"event":{"output":1}}', 'event.type: '],
  ])('that can not be read is a decision that nobody takes, and says why: %s', async (_, text, problem) => {
    const { decision } = await asked({ text }, object)
    expect(decision.event).toMatchObject({ type: 'roscius.unreadable', problem: expect.stringContaining(problem) })
  })
})

describe('what is sent', () => {
  const redact = (text: string) => text.replaceAll('Ann', '[name]')

  it.each(['tools', 'object'] as const)('is redacted, wherever it stands, in the mode %s', async (mode) => {
    const tool = {
      name: 'ring',
      description: 'rings Ann up',
      risk: 'read' as const,
      input: { type: 'object', properties: { Ann: { enum: ['Ann'] } } },
    }
    const more = {
      goal: 'find Ann',
      tools: [tool],
      observations: [{ turn: 1, kind: 'tool' as const, text: 'Ann', data: { who: 'Ann' } }],
      memory: ['Ann'],
      refused: [{ decision: { event: { type: 'Ann' } }, reason: 'Ann' }],
    }
    const text = '{"reason":"x","event":{"type":"FINISH","output":1}}'
    const { body } = await asked(mode === 'object' ? { text } : finishing, { mode, redact }, more)
    expect(JSON.stringify(body)).toContain('find [name]')
    expect(JSON.stringify(body)).not.toContain('Ann')
  })

  it('tells apart tools whose names are alike when they are redacted', async () => {
    const toolOf = (name: string) => ({ name, description: `${name} rings`, risk: 'read' as const })
    const server = await chat({ calls: [{ name: '_name__phone_2', args: {} }] })
    const brain = modelAt(server, { redact: (text) => text.replaceAll(/Ann|Bob/g, '[name]') })
    const decision = await brain.decide(question({ tools: [toolOf('Ann_phone'), toolOf('Bob_phone')] }), contextOf())
    const offered = server.requests[0]!.body.tools!.map((tool) => tool.function.name)
    expect(offered).toEqual(['FINISH', '_name__phone', '_name__phone_2'])
    expect(decision.event).toMatchObject({ type: 'USE_TOOL', tool: 'Bob_phone' })
  })

  it('is what the prompt says, and its name and version are on record', async () => {
    const prompt = definePrompt({
      name: 'short',
      version: '3',
      input: z.object({ goal: z.string() }),
      template: 'Do this: {{goal}}',
    })
    const { decision, body } = await asked(counting, { prompt })
    expect(body.messages).toEqual([{ role: 'user', content: 'Do this: count the bees' }])
    expect(decision.prompt).toEqual({ name: 'short', version: '3' })
  })
})
