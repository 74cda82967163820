/** The three agents. Their brains are rules: the first that applies decides. */
import type { PolicyInput } from 'roscius'
import { defineAgent, fromRules } from 'roscius/actors'
import type { BrainRequest, Decision, ToolCall, Verification } from 'roscius/machines'
import { fromPromise } from 'xstate'
import { z } from 'zod'
import { type Outside, orderSchema, requestSchema } from './outside.js'
import { creatorTools, deskTaskSchema, notifierTools, parcelOf, processorTools } from './tools.js'

/** Files each request of the inbox, one after the other. */
export function createCreator(outside: Outside) {
  const requests = (request: BrainRequest) => answerOf(request, 'read_inbox', z.array(requestSchema))
  const next = (request: BrainRequest) => requests(request)[request.observations.length - 1]
  return defineAgent({
    tools: creatorTools(outside),
    brain: fromRules([
      { when: { observed: 'none' }, decide: use('read_inbox', {}, 'What has come in?') },
      {
        when: (request) => next(request) !== undefined,
        decide: (request) => use('file_task', { ...next(request) }, `${next(request)?.customer} waits for an answer.`),
      },
      { decide: finish('all filed', 'The inbox is empty.') },
    ]),
  })
}

/** Refunds above 100 euros are a person's to decide. */
const processorPolicy: PolicyInput = {
  name: 'processing',
  version: '1',
  default: 'allow',
  rules: [
    {
      id: 'large-refund',
      when: { tool: 'pay_refund', argument: { at: '$.euros', above: 100 } },
      effect: 'requireApproval',
      reason: 'More than 100 euros.',
    },
  ],
}

/** Works off one task: reads it, looks the order up, does what the task asks for. */
export function createProcessor(outside: Outside) {
  const task = (request: BrainRequest) => answerOf(request, 'read_task', deskTaskSchema)
  const order = (request: BrainRequest) => answerOf(request, 'find_order', orderSchema)
  const isAbout = (kind: string) => (request: BrainRequest) =>
    says(request, 'find_order answered') && task(request).kind === kind
  return defineAgent({
    tools: processorTools(outside),
    toolPolicy: processorPolicy,
    toolCostUsd: ({ tool }) => (tool === 'ship_parcel' ? 5 : 0.01),
    // What may have happened before a crash is not done again: somebody looks.
    policy: { outcomeUnknown: 'verify' },
    verify: fromPromise(async ({ input }: { input: ToolCall }) => hasHappened(outside, input)),
    brain: fromRules([
      { when: { observed: 'none' }, decide: ({ goal }) => use('read_task', { task: goal }, 'What is there to do?') },
      {
        when: { observed: 'refusal' },
        decide: (request) => finish({ status: 'not done', result: 'Not yet, sorry.' }, newest(request)),
      },
      { when: { says: 'failed' }, decide: finish({ status: 'not done', result: 'Please ask again.' }, 'It failed.') },
      {
        when: { says: 'read_task answered' },
        decide: (request) =>
          use('find_order', { order: task(request).order }, `A ${task(request).kind}: which order is it about?`),
      },
      {
        when: isAbout('question'),
        decide: (request) =>
          finish(
            { status: 'done', result: `Your ${order(request).thing} is ${order(request).status}.` },
            'That is all.',
          ),
      },
      {
        when: isAbout('refund'),
        decide: (request) => {
          const { euros, thing, status } = order(request)
          return use('pay_refund', { customer: task(request).customer, euros }, `The ${thing} ${status}.`)
        },
      },
      {
        when: isAbout('replacement'),
        decide: (request) => {
          const { thing, status } = order(request)
          return use('ship_parcel', { customer: task(request).customer, thing }, `The ${thing} ${status}.`)
        },
      },
      {
        decide: (request) =>
          finish({ status: 'done', result: `Your ${task(request).kind} is on its way.` }, newest(request)),
      },
    ]),
  })
}

/** Tells one customer what has become of a task. */
export function createNotifier(outside: Outside) {
  return defineAgent({
    tools: notifierTools(outside),
    toolCostUsd: () => 0.01,
    brain: fromRules([
      { when: { observed: 'none' }, decide: ({ goal }) => use('read_task', { task: goal }, 'What came of it?') },
      {
        when: { says: 'read_task answered' },
        decide: (request) => {
          const { customer, result, status } = answerOf(request, 'read_task', deskTaskSchema)
          return use('send_mail', { to: customer, text: result }, `It is ${status}.`)
        },
      },
      { decide: finish('told', 'The mail is out.') },
    ]),
  })
}

async function hasHappened(outside: Outside, { tool, input }: ToolCall): Promise<Verification> {
  const parcel = parcelOf(input as Parameters<typeof parcelOf>[0])
  return { happened: tool === 'ship_parcel' && outside.deeds().some(({ text }) => text === parcel) }
}

function use(tool: string, input: object, reason: string): Decision {
  return { event: { type: 'USE_TOOL', tool, input }, reason }
}

function finish(output: unknown, reason: string): Decision {
  return { event: { type: 'FINISH', output }, reason }
}

/** What the tool has answered last. */
function answerOf<T>({ observations }: BrainRequest, tool: string, schema: z.ZodType<T>): T {
  const data = observations.findLast(({ text }) => text === `${tool} answered.`)?.data
  return z.object({ ok: z.literal(true), output: schema }).parse(data).output
}

function says(request: BrainRequest, text: string): boolean {
  return newest(request).includes(text)
}

function newest({ observations }: BrainRequest): string {
  return observations.at(-1)?.text ?? ''
}
