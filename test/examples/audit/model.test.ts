import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrainRequest } from 'roscius/machines'
import { beforeAll, describe, expect, test } from 'vitest'
import { modelWriter } from '../../../examples/01-audit/model-writer.js'
import { createReport } from '../../../examples/01-audit/report.js'
import { figuresOf } from '../../../examples/01-audit/summary-figures.js'
import { build } from '../../support/build.js'
import { type ChatAnswer, ChatServer, hanging, status } from '../../support/chat-completions-server.js'
import { hasPrinted, startAudit } from './audit-process.js'
import { temporaryFolder } from './temporary-folder.js'

/** Something for the audit to find in each: a comment that says what is left open, and JSON that does not parse. */
const FILES = { 'a.ts': '// TODO what-is-in-the-file\n', 'b.json': '{ "secret-key-of-the-file": ' }

const says = (text: string): ChatAnswer => ({ calls: [{ name: 'FINISH', args: { text } }] })

/** An audit whose summary a model is to write, with what it was asked and what it has left behind. */
async function auditWith(answers: readonly ChatAnswer[], args: readonly string[] = [], env = {}) {
  await using folder = await temporaryFolder(FILES)
  await using server = await ChatServer.start(...answers)
  const model = ['--model', server.baseURL, '--model-name', 'small-1']
  const ended = await startAudit([folder.path, '--yes', ...model, ...args], undefined, env).ended
  const read = (name: string) => readFile(join(folder.path, 'roscius-audit', name), 'utf8')
  const [report, page, run] = [await read('report.json'), await read('report.md'), await read('run.json')]
  const { budget, summary: writer } = JSON.parse(run)
  const used = Object.fromEntries(budget.map(({ dimension, used }: Record<string, number>) => [dimension, used]))
  return { ended, requests: server.requests, summary: JSON.parse(report).summary, page, used, writer }
}

beforeAll(() => build())

describe('a model that writes the summary', () => {
  test('is asked for it once, and what it writes is in the report, with its name', async () => {
    const { ended, requests, summary, page, used, writer } = await auditWith([says('Two files.\n# One is broken.')])
    expect(ended).toMatchObject({ code: 0 })
    expect(requests).toHaveLength(1)
    expect(summary).toEqual({ by: 'model', model: 'small-1', text: 'Two files.\n# One is broken.' })
    expect(page).toContain('Two files.\n\n\\# One is broken.\n\nWritten by a model, `small-1`')
    expect(used).toMatchObject({ modelCalls: 1, tokens: 120 })
    expect(writer).toEqual({ by: 'model', model: 'small-1' })
  })

  test('is sent figures and places, and nothing of what is in a file', async () => {
    const { requests } = await auditWith([says('Two files.')])
    const sent = JSON.stringify(requests[0]?.body)
    expect(sent).toContain('b.json:1')
    expect(sent).not.toContain('in-the-file')
    expect(sent).not.toContain('of-the-file')
    expect(requests[0]?.body.tools?.map((tool) => tool.function.name)).toEqual(['FINISH'])
  })

  test('is sent a key only if the option names its variable', async () => {
    const env = { AUDIT_TEST_KEY: 'sk-for-the-test' }
    const without = await auditWith([says('x')], [], env)
    const withKey = await auditWith([says('x')], ['--model-key', 'AUDIT_TEST_KEY'], env)
    expect(without.requests[0]?.headers.authorization).toBeUndefined()
    expect(withKey.requests[0]?.headers.authorization).toBe('Bearer sk-for-the-test')
  })

  test('is asked again after a 429, and after a 500', async () => {
    const { requests, summary } = await auditWith([
      status(429, { 'retry-after-ms': '1' }),
      status(500),
      says('Two files.'),
    ])
    expect([requests.length, summary.by]).toEqual([3, 'model'])
  })
})

describe('the rules write the summary, and the reason is told,', () => {
  test.each<[string, readonly ChatAnswer[]]>([
    ['says something else', [{ calls: [{ name: 'delete_everything', args: {} }] }]],
    ['says nothing', [says('  ')]],
    ['is refused', [status(401)]],
  ])('if the model %s', async (_, answers) => {
    const { ended, summary, writer } = await auditWith(answers)
    expect(ended.code).toBe(0)
    expect(summary).toMatchObject({ by: 'rules', text: expect.stringContaining('2 files') })
    expect(writer.note).toEqual(expect.any(String))
    expect(ended.stderr).toContain('The model did not write the summary: ')
  })

  test('whose words do not steer the terminal', async () => {
    const { ended } = await auditWith([status(401, {}, 'no \u001b]0;hello\u0007\u001b[2Jkey')])
    expect(ended.stderr).toContain('no \\u{1b}]0;hello\\u{7}\\u{1b}[2Jkey')
    expect(ended.stderr).not.toContain('\u001b')
  })

  test('if they have written it before the model was named', async () => {
    await using folder = await temporaryFolder(FILES)
    await using server = await ChatServer.start(says('Two files.'))
    const waiting = startAudit([folder.path, '--ask'])
    expect(await hasPrinted(waiting, 'Waiting for a decision.')).toBe(true)
    waiting.child.kill('SIGKILL')
    await waiting.ended
    const model = ['--model', server.baseURL, '--model-name', 'small-1']
    const { code, stderr } = await startAudit([folder.path, '--yes', ...model]).ended
    expect([code, server.requests.length]).toEqual([0, 0])
    expect(stderr).toContain('The model did not write the summary: it had been written before.\n')
  })

  test('if there is no server', async () => {
    await using folder = await temporaryFolder(FILES)
    const server = await ChatServer.start()
    const { baseURL } = server
    await server.close()
    const { code, stderr } = await startAudit([folder.path, '--yes', '--model', baseURL, '--model-name', 'm']).ended
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('The model did not write the summary: m did not answer'),
    ])
  })

  test('if the model begins to answer and falls silent', async () => {
    const { answer } = hanging()
    await using server = await ChatServer.start(answer)
    const brain = modelWriter({ baseURL: server.baseURL, name: 'm', deadlineMs: 100 })
    const context = JSON.stringify(figuresOf(createReport('x', { files: [], links: [], unread: [] }, [])))
    const request: BrainRequest = {
      goal: 'Sum up.',
      constraints: [],
      state: 'working.deciding',
      legal: [{ type: 'FINISH' }],
      tools: [],
      observations: [{ turn: 0, kind: 'note', text: context }],
      memory: [],
      turn: 1,
      limits: { turnsLeft: 1 },
    }
    const { signal } = new AbortController()
    const { event } = await brain.decide(request, { signal, emit: () => undefined, effectId: undefined })
    expect(event.output).toMatchObject({ by: 'rules', note: 'It took too long.' })
  })

  test('if the budget does not allow the question, which is then not sent', async () => {
    const { ended, requests, summary, used } = await auditWith([says('x')], ['--budget', 'tokens=100'])
    expect([ended.code, requests.length, summary.by, used.tokens]).toEqual([0, 0, 'rules', 0])
    expect(ended.stderr).toContain('budget')
  })
})

test('options that do not go together are refused', async () => {
  for (const args of [
    ['--model', 'http://127.0.0.1/v1'],
    ['--model-name', 'm'],
    ['--model-key', 'K'],
  ])
    expect(await startAudit(args).ended).toMatchObject({ code: 2 })
})
