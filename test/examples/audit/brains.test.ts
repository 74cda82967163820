import type { DefinedBrain } from 'roscius/actors'
import type { BrainRequest, Observation } from 'roscius/machines'
import { describe, expect, test } from 'vitest'
import { coordinatorBrain } from '../../../examples/01-audit/coordinator.js'
import { reporterBrain } from '../../../examples/01-audit/reporter.js'
import { workerBrain } from '../../../examples/01-audit/worker.js'

type Seen = Omit<Observation, 'turn'>

const LEGAL = ['USE_TOOL', 'DELEGATE', 'ASK_PERSON', 'REFLECT', 'FINISH', 'GIVE_UP']

/** What the brain decides after it has seen this. */
async function decided(brain: DefinedBrain, ...seen: readonly Seen[]) {
  const request: BrainRequest = {
    goal: 'x',
    constraints: [],
    state: 'working.deciding',
    legal: LEGAL.map((type) => ({ type })),
    tools: [],
    observations: seen.map((each, turn) => ({ turn, ...each })),
    memory: [],
    turn: seen.length + 1,
    limits: { turnsLeft: 10 },
  }
  const context = { signal: new AbortController().signal, emit: () => undefined, effectId: undefined }
  return (await brain.decide(request, context)).event
}

const answered = (output: unknown): Seen => ({ kind: 'tool', text: 'answered.', data: { ok: true, output } })
const failed = (message: string): Seen => ({ kind: 'tool', text: 'x', data: { ok: false, error: { message } } })
const survey = (files: number, left: number): Seen => answered({ files, read: files - left, left })
const heard = (data?: unknown): Seen => ({ kind: 'peer', text: 'answered.', data })
const person: Seen = { kind: 'person', text: 'the next start: Look again, and go on.' }
const crew = heard()
const SUMMARY = { by: 'rules', text: 'All is well.' }
const writer = heard({ status: 'done', output: SUMMARY, used: {} })
const LOOK = { type: 'USE_TOOL', tool: 'surveyFiles', input: {} }

describe('the coordinator', () => {
  const plan = (...seen: Seen[]) => decided(coordinatorBrain, ...seen)

  test('looks first, has the files read, and looks again', async () => {
    expect(await plan()).toEqual(LOOK)
    expect(await plan(survey(9, 9))).toEqual({ type: 'DELEGATE', to: 'crew', task: 'Read 9 files.' })
    expect(await plan(survey(9, 9), crew)).toEqual(LOOK)
  })

  test('has the findings summed up, and then the report written with that summary', async () => {
    const seen = [survey(9, 9), crew, survey(9, 0)]
    expect(await plan(...seen)).toMatchObject({ type: 'DELEGATE', to: 'writer' })
    const task = JSON.stringify({ files: 9, summary: SUMMARY })
    expect(await plan(...seen, writer)).toEqual({ type: 'DELEGATE', to: 'reporter', task })
    const output = { summary: SUMMARY }
    expect(await plan(...seen, writer, heard({ status: 'done', output }))).toEqual({ type: 'FINISH', output })
  })

  test('needs no crew for a folder without files', async () => {
    expect(await plan(survey(0, 0))).toMatchObject({ to: 'writer' })
  })

  test.each([
    ['a folder that can not be listed', [failed('no permission')], 'The folder could not be listed: no permission.'],
    ['workers that have given up', [survey(9, 9), crew, survey(9, 3)], 'The workers have given up with 3 files left.'],
    [
      'a report that was denied',
      [survey(9, 0), writer, heard({ status: 'failed', reason: 'It was denied.' })],
      'It was denied.',
    ],
    [
      'a task that nobody could be given',
      [survey(9, 0), heard({ ok: false, error: { message: 'no such actor' } })],
      'no such actor',
    ],
  ])('asks a person about %s', async (_, seen, question) => {
    expect(await plan(...seen)).toEqual({ type: 'ASK_PERSON', question })
  })

  test('looks again after an answer, and takes up what was done before', async () => {
    const denied = heard({ status: 'failed', reason: 'It was denied.' })
    const seen = [survey(9, 0), writer, denied, person]
    expect(await plan(...seen)).toEqual(LOOK)
    expect(await plan(...seen, survey(9, 0))).toMatchObject({ type: 'DELEGATE', to: 'reporter' })
    expect(await plan(survey(9, 9), crew, survey(9, 3), person, survey(9, 3))).toMatchObject({ to: 'crew' })
  })
})

describe('a worker', () => {
  const page = (left: number) => answered({ read: 2, unread: 0, poison: 0, left })

  test('reads until nothing is left', async () => {
    const read = { type: 'USE_TOOL', tool: 'readFiles', input: {} }
    expect(await decided(workerBrain)).toEqual(read)
    expect(await decided(workerBrain, page(5))).toEqual(read)
    expect(await decided(workerBrain, page(0))).toMatchObject({ type: 'FINISH' })
  })

  test('gives up when its tool fails, and tries again when a person says so', async () => {
    expect(await decided(workerBrain, failed('the disk failed'))).toEqual({
      type: 'GIVE_UP',
      reason: 'the disk failed',
    })
    expect(await decided(workerBrain, failed('the disk failed'), person)).toMatchObject({ type: 'USE_TOOL' })
  })
})

describe('a reporter', () => {
  const task: Seen = { kind: 'note', text: JSON.stringify({ files: 9, summary: { ...SUMMARY, note: 'no model' } }) }

  test('writes what it was told, and nothing of how that came about', async () => {
    const input = { into: 'roscius-audit', files: 9, summary: SUMMARY }
    expect(await decided(reporterBrain, task)).toEqual({ type: 'USE_TOOL', tool: 'writeReport', input })
  })

  test('finishes when it is written, and gives up when it was denied or could not be', async () => {
    expect(await decided(reporterBrain, task, answered({ written: ['report.md'] }))).toMatchObject({ type: 'FINISH' })
    const refusal: Seen = { kind: 'refusal', text: 'writeReport was denied by ada: not now.' }
    expect(await decided(reporterBrain, task, refusal)).toMatchObject({
      type: 'GIVE_UP',
      reason: expect.stringMatching(/^The report was not written: writeReport was denied by ada: not now\./),
    })
    expect(await decided(reporterBrain, task, failed('no room on the disk'))).toMatchObject({
      reason: expect.stringMatching(/^The report could not be written: no room on the disk\./),
    })
  })
})
