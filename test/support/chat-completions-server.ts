/**
 * A server that speaks the chat-completions protocol over real HTTP, and answers from a script.
 *
 * 1. Each request takes the next answer. One more than there are answers gets a 500 that says so.
 * 2. It streams where it is asked to, in pieces as real servers do: text by words, arguments of calls by a few characters.
 * 3. All requests are kept, with what became of them.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ChatRequest {
  readonly headers: IncomingMessage['headers']
  readonly body: ChatBody
  /** Whether the client went away before the answer had ended. */
  isCut: boolean
}

/** What of a request's body tests look at. */
export interface ChatBody {
  readonly model: string
  readonly stream?: boolean
  readonly max_tokens?: number
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly tools?: readonly {
    readonly function: { readonly name: string; readonly description?: string; readonly parameters: object }
  }[]
  readonly tool_choice?: unknown
  readonly response_format?: { readonly type: string; readonly json_schema?: { readonly schema: object } }
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly [key: string]: unknown
}

export interface ChatUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly prompt_tokens_details?: { readonly cached_tokens: number }
}

export interface ChatMessage {
  readonly text?: string
  readonly reasoning?: string
  /** `args` that are a text are sent as they are, JSON or not. */
  readonly calls?: readonly { readonly name: string; readonly args: unknown }[]
  /** Default 100 and 20 tokens. `false`: it says nothing of it. */
  readonly usage?: ChatUsage | false
  /** Default: `tool_calls` if there are calls, else `stop`. */
  readonly finish?: string
}

type Respond = (response: ServerResponse, request: ChatRequest) => void | Promise<void>
/** What is answered: a message of the model, or anything else that happens to requests. */
export type ChatAnswer = ChatMessage | Respond

/** A refusal, such as 429 with `{ 'retry-after': '2' }`. */
export function status(
  code: number,
  headers: Readonly<Record<string, string>> = {},
  message = `status ${code}`,
): Respond {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ error: { message, type: 'error', code: null, param: null } }))
  }
}

/** Begins to answer, and cuts the connection after so many pieces. */
export function cut(message: ChatMessage, afterPieces = 3): Respond {
  return async (response, { body }) => {
    startStream(response)
    for (const piece of pieces(body, message).slice(0, afterPieces)) await write(response, sse(piece))
    response.destroy()
  }
}

/** Ends in good order, before the answer does. */
export function stopShort(message: ChatMessage, afterPieces = 3): Respond {
  return async (response, { body }) => {
    startStream(response)
    for (const piece of pieces(body, message).slice(0, afterPieces)) await write(response, sse(piece))
    response.end()
  }
}

/** A stream, or a body, that is no JSON. */
export function garbage(): Respond {
  return (response, { body }) => {
    if (body.stream === true) startStream(response)
    else response.writeHead(200, { 'content-type': 'application/json' })
    response.end(body.stream === true ? 'data: {"choices": [{"delta": \n\n' : '{"choices": ')
  }
}

/** An error in the middle of a stream. */
export function brokenBy(error: object, message: ChatMessage = {}): Respond {
  return (response, { body }) => {
    startStream(response)
    response.end(`${sse(pieces(body, message)[0])}${sse({ error })}`)
  }
}

/** Begins to answer, and never goes on; `begun` resolves when it has begun. */
export function hanging(message: ChatMessage = {}): { readonly answer: Respond; readonly begun: Promise<void> } {
  let begin: () => void
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const answer: Respond = async (response, { body }) => {
    startStream(response)
    await write(response, sse(pieces(body, message)[0]))
    begin()
  }
  return { answer, begun }
}

/** Answers when `go` resolves. */
export function later(go: Promise<unknown>, answer: ChatAnswer): Respond {
  return async (response, request) => {
    await go
    await respond(answer, response, request)
  }
}

export class ChatServer implements AsyncDisposable {
  readonly requests: ChatRequest[] = []
  readonly #server: Server
  readonly #answers: ChatAnswer[]
  #isIdle: (() => void) | undefined
  #open = 0

  private constructor(answers: readonly ChatAnswer[]) {
    this.#answers = [...answers]
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  /** Listens on a port of its own of the loopback interface. */
  static async start(...answers: readonly ChatAnswer[]): Promise<ChatServer> {
    const chat = new ChatServer(answers)
    await new Promise<void>((resolve) => chat.#server.listen(0, '127.0.0.1', resolve))
    return chat
  }

  /** For `fromOpenAICompatible({ baseURL })`. */
  get baseURL(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  /** Adds to the script. */
  answer(...answers: readonly ChatAnswer[]): this {
    this.#answers.push(...answers)
    return this
  }

  /** Resolves when no request is open. */
  async idle(): Promise<void> {
    if (this.#open === 0) return
    await new Promise<void>((resolve) => {
      this.#isIdle = resolve
    })
  }

  /** Cuts what is open, and ends. */
  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#open++
    const body = JSON.parse(await textOf(incoming)) as ChatBody
    const request: ChatRequest = { headers: incoming.headers, body, isCut: false }
    this.requests.push(request)
    response.on('close', () => {
      request.isCut = !response.writableEnded
      if (--this.#open === 0) this.#isIdle?.()
    })
    if (incoming.url !== '/v1/chat/completions') return status(404)(response, request) as undefined
    await respond(this.#answers.shift() ?? status(500, {}, 'the script is at its end'), response, request)
  }
}

async function respond(answer: ChatAnswer, response: ServerResponse, request: ChatRequest): Promise<void> {
  if (typeof answer === 'function') await answer(response, request)
  else if (request.body.stream === true) await stream(response, request, answer)
  else {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(whole(request.body, answer)))
  }
}

async function stream(response: ServerResponse, { body }: ChatRequest, message: ChatMessage): Promise<void> {
  startStream(response)
  for (const piece of pieces(body, message)) await write(response, sse(piece))
  response.end('data: [DONE]\n\n')
}

const USAGE: ChatUsage = { prompt_tokens: 100, completion_tokens: 20 }
const FRAME = { id: 'chat-1', created: 1_700_000_000 }

/** The answer as chunks. */
function pieces({ model, stream_options }: ChatBody, message: ChatMessage): object[] {
  const { text = '', reasoning = '', calls = [], usage = USAGE, finish } = message
  const chunk = (delta: object, more: object = {}) => ({
    ...FRAME,
    object: 'chat.completion.chunk',
    model,
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  })
  const deltas = [
    { role: 'assistant', content: '' },
    ...words(reasoning).map((reasoning_content) => ({ reasoning_content })),
    ...words(text).map((content) => ({ content })),
    ...calls.flatMap(({ name, args }, index) => callDeltas(name, args, index)),
  ]
  const last = chunk({}, { finish_reason: finish ?? (calls.length > 0 ? 'tool_calls' : 'stop') })
  const isAsked = stream_options?.include_usage === true && usage !== false
  const counted = { ...FRAME, object: 'chat.completion.chunk', model, choices: [], usage: counts(usage || USAGE) }
  return [...deltas.map((delta) => chunk(delta)), last, ...(isAsked ? [counted] : [])]
}

function whole({ model }: ChatBody, { text, calls = [], usage = USAGE, finish, reasoning }: ChatMessage): object {
  const tool_calls = calls.map(({ name, args }, index) => ({
    id: `call-${index}`,
    type: 'function',
    function: { name, arguments: argsText(args) },
  }))
  const said = { role: 'assistant', content: text ?? null, reasoning_content: reasoning }
  const message = { ...said, ...(calls.length > 0 ? { tool_calls } : {}) }
  const finish_reason = finish ?? (calls.length > 0 ? 'tool_calls' : 'stop')
  const counted = usage === false ? {} : { usage: counts(usage) }
  return { ...FRAME, object: 'chat.completion', model, choices: [{ index: 0, message, finish_reason }], ...counted }
}

function callDeltas(name: string, args: unknown, index: number): object[] {
  const parts = argsText(args).match(/[\s\S]{1,7}/g) ?? []
  return [
    { tool_calls: [{ index, id: `call-${index}`, type: 'function', function: { name, arguments: '' } }] },
    ...parts.map((part) => ({ tool_calls: [{ index, function: { arguments: part } }] })),
  ]
}

function argsText(args: unknown): string {
  return typeof args === 'string' ? args : JSON.stringify(args)
}

function words(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? []
}

function counts(usage: ChatUsage): object {
  return { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens }
}

function sse(piece: unknown): string {
  return `data: ${JSON.stringify(piece)}\n\n`
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
}

/** Each piece is a packet of its own, as far as that is in our hands. */
async function write(response: ServerResponse, text: string): Promise<void> {
  response.write(text)
  await new Promise((resolve) => setImmediate(resolve))
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of incoming) text += part
  return text
}
