import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, tool } from 'ai'
import { describe, expect, it } from 'vitest'
import { garbage, status } from '../../support/chat-completions-server.js'
import { chat, counting, MODEL } from './model-stage.js'

const tools = { count: tool({ inputSchema: jsonSchema({ type: 'object' }) }) }

describe('the chat-completions server of the tests', () => {
  const ask = (baseURL: string) => {
    const model = createOpenAICompatible({ name: 'bees', baseURL }).chatModel(MODEL)
    return generateText({ model, tools, prompt: 'count', maxRetries: 0 })
  }

  it('answers in one piece where no stream is asked for', async () => {
    const server = await chat(counting)
    const { text, toolCalls, usage, finishReason } = await ask(server.baseURL)
    expect({ text, finishReason, ...usage }).toMatchObject({
      text: counting.text,
      finishReason: 'tool-calls',
      inputTokens: 100,
      outputTokens: 20,
    })
    expect(toolCalls).toMatchObject([{ toolName: 'count', input: { what: 'bees' } }])
    expect(server.requests).toMatchObject([{ body: { model: MODEL }, isCut: false }])
  })

  it('refuses, and sends nonsense, in one piece as well; after its script it is broken', async () => {
    const server = await chat(status(429, { 'retry-after': '2' }), garbage())
    await expect(ask(server.baseURL)).rejects.toMatchObject({
      statusCode: 429,
      responseHeaders: { 'retry-after': '2' },
    })
    await expect(ask(server.baseURL)).rejects.toMatchObject({ message: 'Invalid JSON response' })
    await expect(ask(server.baseURL)).rejects.toMatchObject({ statusCode: 500, message: 'the script is at its end' })
  })

  it('knows one path only', async () => {
    const { baseURL } = await chat(counting)
    await expect(ask(`${baseURL}/else`)).rejects.toMatchObject({ statusCode: 404 })
  })
})
