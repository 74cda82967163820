import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createActor, setup, toPromise } from 'xstate'
import { defineBrain } from '../../actors/define-brain.js'
import { estimateTokens, type SummaryRequest, type WindowOptions, withWindow } from '../../actors/with-window.js'
import { canonical } from '../../machines/agent/repetition.js'
import type { BrainRequest, Observation } from '../../machines/brain.js'
import { World } from '../support/world.js'
import { ask, asked, contextOf, finish } from './brain-stage.js'

/** What the brain behind the window is told. */
async function told(options: WindowOptions, request: Partial<BrainRequest>): Promise<BrainRequest> {
  let seen: BrainRequest | undefined
  const brain = defineBrain((question) => {
    seen = question
    return finish()
  })
  await ask(withWindow(brain, options), request)
  return seen as BrainRequest
}

const notes = (count: number, text = 'something happened. It was long ago.'): Observation[] =>
  Array.from({ length: count }, (_, index) => ({ turn: index + 1, kind: 'tool', text: `${index + 1} ${text}` }))

function tokensOf({ observations, memory }: BrainRequest, count = estimateTokens): number {
  const texts = [...observations.map(canonical), ...memory]
  return texts.reduce((sum, text) => sum + count(text), 0)
}

const leftOut = (request: BrainRequest): { leftOut: number; memoryLeftOut: number } =>
  (request.observations[0]?.data ?? { leftOut: 0, memoryLeftOut: 0 }) as { leftOut: number; memoryLeftOut: number }

const observation: fc.Arbitrary<Observation> = fc.record({
  turn: fc.nat(1_000),
  kind: fc.constantFrom('tool', 'peer', 'person', 'refusal', 'note'),
  text: fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.nat(9_000).map((length) => 'x'.repeat(length)),
    fc.string({ unit: 'grapheme', maxLength: 100 }),
  ),
})

const anyRules = fc.record({
  maxTokens: fc.integer({ min: 1_000, max: 4_000 }),
  keepLast: fc.integer({ min: 1, max: 3 }),
  countTokens: fc.constantFrom<(text: string) => number>(estimateTokens, (text) => text.length / 4, Buffer.byteLength),
  summarise: fc.constantFrom(
    undefined,
    ({ summary = '', observations }: SummaryRequest) => `${summary}${observations.map(({ text }) => text)}`,
  ),
})

describe('a window', () => {
  it('tells everything as long as it fits', async () => {
    const request = { observations: notes(5), memory: ['hives stand behind the barn'] }
    expect(await told({ maxTokens: 1_000 }, request)).toEqual(asked(request))
  })

  it('keeps the newest and says how much is left out, with the first sentence of each', async () => {
    const request = await told({ maxTokens: 400 }, { observations: notes(30) })
    const [note, ...kept] = request.observations
    expect(kept).toEqual(notes(30).slice(-kept.length))
    expect(note).toMatchObject({ kind: 'note', turn: 30 - kept.length, data: { leftOut: 30 - kept.length } })
    expect(note?.text).toContain(`[Left out: ${30 - kept.length} earlier observations.]`)
    expect(note?.text).toContain(`tool in turn ${30 - kept.length}: ${30 - kept.length} something happened.`)
    expect(note?.text).not.toContain('long ago')
    expect(tokensOf(request)).toBeLessThanOrEqual(400)
  })

  it('is never above its tokens, keeps the newest, and loses nothing silently', async () => {
    const sample = fc.tuple(
      anyRules,
      fc.array(observation, { minLength: 1, maxLength: 60 }),
      fc.array(fc.string({ maxLength: 200 }), { maxLength: 10 }),
    )
    await fc.assert(
      fc.asyncProperty(sample, async ([options, observations, memory]) => {
        const request = await told(options, { observations, memory })
        expect(tokensOf(request, options.countTokens)).toBeLessThanOrEqual(options.maxTokens)
        const isWhole = tokensOf(asked({ observations, memory }), options.countTokens) <= options.maxTokens
        if (isWhole) {
          expect(request).toEqual(asked({ observations, memory }))
          return
        }
        const hasNote = request.observations.length > 0 && leftOut(request).leftOut + leftOut(request).memoryLeftOut > 0
        const kept = request.observations.slice(hasNote ? 1 : 0)
        const missing = leftOut(request)
        expect(missing.leftOut + kept.length).toBe(observations.length)
        expect(missing.memoryLeftOut + request.memory.length).toBe(memory.length)
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(options.keepLast, observations.length))
        const same = observations.slice(-kept.length)
        for (const [index, { text, turn, kind }] of kept.entries()) {
          expect({ turn, kind }).toEqual({ turn: same[index]?.turn, kind: same[index]?.kind })
          if (text !== same[index]?.text) expect(text).toMatch(/… \[\d+ characters cut\]$/)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('cuts the newest short if it alone is too long, and says by how much', async () => {
    const data = { page: 'x'.repeat(5_000) }
    const request = await told({ maxTokens: 400 }, { observations: [{ turn: 1, kind: 'tool', text: 'read', data }] })
    expect(request.observations).toHaveLength(1)
    expect(request.observations[0]?.text).toMatch(/^read\n\{"page":"x+… \[\d+ characters cut\]$/)
    expect(tokensOf(request)).toBeLessThanOrEqual(400)
  })

  it('counts lines of memory, too', async () => {
    const memory = Array.from({ length: 50 }, (_, index) => `line ${index} of what was learned long ago`)
    const request = await told({ maxTokens: 400 }, { observations: notes(20), memory })
    expect(request.memory).toEqual(memory.slice(0, request.memory.length))
    expect(leftOut(request).memoryLeftOut).toBe(50 - request.memory.length)
    expect(request.observations[0]?.text).toContain('lines of memory')
    expect(tokensOf(request)).toBeLessThanOrEqual(400)
  })

  it.each([
    [{ maxTokens: 0 }, 'maxTokens'],
    [{ maxTokens: 20 }, 'maxTokens'],
    [{ maxTokens: 400, keepLast: 50 }, 'maxTokens'],
    [{ maxTokens: 400, keepLast: 0 }, 'keepLast'],
    [{ maxTokens: 400, countTokens: (text: string) => text.length * 99 }, 'maxTokens'],
  ])('refuses %o', (options, field) => {
    const make = () =>
      withWindow(
        defineBrain(() => finish()),
        options,
      )
    expect(make).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field } }))
  })
})

describe('the summary of a function', () => {
  /** A summariser that notes what it was asked, and how often. */
  function noting() {
    const requests: SummaryRequest[] = []
    const summarise = async (request: SummaryRequest) => {
      requests.push(request)
      const numbers = request.observations.map(({ text }) => text.split(' ', 1)[0])
      return [request.summary, ...numbers].filter(Boolean).join(' ')
    }
    return { requests, summarise }
  }

  const turns = async (brain: ReturnType<typeof withWindow>, from: number, to: number, keep = 1_000): Promise<void> => {
    for (let turn = from; turn <= to; turn++) await ask(brain, { observations: notes(turn).slice(-keep), turn })
  }

  it('is made from the one before and what fell out since, each observation once', async () => {
    const { requests, summarise } = noting()
    let last: BrainRequest | undefined
    const end = defineBrain((request) => {
      last = request
      return finish()
    })
    await turns(withWindow(end, { maxTokens: 600, summarise }), 1, 60)
    const covered = leftOut(last as BrainRequest).leftOut
    expect(requests.flatMap(({ observations }) => observations)).toEqual(notes(60).slice(0, covered))
    expect(requests.slice(1).every(({ summary }) => summary !== undefined)).toBe(true)
    expect(requests.length).toBeLessThan(covered / 2)
    const numbers = Array.from({ length: covered }, (_, index) => index + 1).join(' ')
    expect(last?.observations[0]?.text).toContain(numbers.slice(0, 100))
  })

  it('is not asked again for the same', async () => {
    const { requests, summarise } = noting()
    const brain = withWindow(
      defineBrain(() => finish()),
      { maxTokens: 400, summarise },
    )
    for (let again = 0; again < 3; again++) await ask(brain, { observations: notes(40) })
    expect(requests).toHaveLength(1)
  })

  it('goes on where the agent has forgotten its oldest observations by itself', async () => {
    const { requests, summarise } = noting()
    const world = new World({
      thinker: thinker(
        withWindow(
          defineBrain(() => finish()),
          { maxTokens: 400, summarise },
        ),
        [notes(40), notes(60).slice(-40)],
      ),
    })
    const system = await world.open()
    await system.spawn('thinker', { id: 't' })
    await system.settled()
    const texts = requests.flatMap(({ observations }) => observations.map(({ text }) => text))
    expect(requests).toHaveLength(2)
    expect(new Set(texts).size).toBe(texts.length)
    expect(requests[1]?.summary).toMatch(/^1 2 3/)
    await world.stop()
  })

  it('is no other actor’s, and no other goal’s', async () => {
    const { requests, summarise } = noting()
    const brain = withWindow(
      defineBrain(() => finish()),
      { maxTokens: 400, summarise },
    )
    const world = new World({ thinker: thinker(brain, [notes(40)]) })
    const system = await world.open()
    for (const id of ['a', 'b']) await system.spawn('thinker', { id })
    await system.settled()
    await ask(brain, { observations: notes(40), goal: 'wax' })
    expect(requests.map(({ summary }) => summary)).toEqual([undefined, undefined, undefined])
    await world.stop()
  })

  it('is done without if it fails', async () => {
    const summarise = () => Promise.reject(new Error('no model'))
    const request = await told({ maxTokens: 400, summarise }, { observations: notes(40) })
    expect(request.observations[0]?.text).toContain('something happened.')
  })

  it('ends with the question', async () => {
    const stop = new AbortController()
    const summarise = ({ signal }: SummaryRequest) => {
      stop.abort()
      return Promise.reject(signal.reason)
    }
    const brain = withWindow(
      defineBrain(() => finish()),
      { maxTokens: 400, summarise },
    )
    await expect(ask(brain, { observations: notes(40) }, contextOf({ signal: stop.signal }))).rejects.toThrow('aborted')
  })
})

/** Asks its brain once for each list of observations. */
function thinker(brain: ReturnType<typeof withWindow>, lists: readonly Observation[][]) {
  return setup({ actors: { brain } }).createMachine({
    initial: 'turn0',
    states: {
      ...Object.fromEntries(
        lists.map((observations, index) => [
          `turn${index}`,
          { invoke: { src: 'brain' as const, input: asked({ observations }), onDone: `turn${index + 1}` } },
        ]),
      ),
      [`turn${lists.length}`]: {},
    },
  })
}

describe('the estimate of tokens', () => {
  it('is a token for each 3 bytes', () => {
    expect(estimateTokens('')).toBe(0)
    expect(estimateTokens('You miss 100% of the shots you don’t take')).toBe(15)
    expect(estimateTokens('蜂蜜')).toBe(2)
  })
})

describe('a brain with a window', () => {
  it('is a brain', async () => {
    const brain = withWindow(
      defineBrain(({ goal }) => finish(goal)),
      { maxTokens: 400 },
    )
    expect(await toPromise(createActor(brain, { input: asked() }).start())).toEqual(finish('honey'))
  })
})
