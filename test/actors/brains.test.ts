import { currentEffect } from 'roscius'
import { describe, expect, it } from 'vitest'
import { createActor, toPromise } from 'xstate'
import { defineBrain } from '../../actors/define-brain.js'
import { type BrainRule, fromRules } from '../../actors/from-rules.js'
import { fromScript } from '../../actors/from-script.js'
import type { TokenEvent } from '../../machines/brain.js'
import { World } from '../support/world.js'
import { ask, asked, contextOf, failure, finish, rest } from './brain-stage.js'

describe('a defined brain', () => {
  it('is promise logic whose tokens its observers hear', async () => {
    const tokens: string[] = []
    const brain = defineBrain(async ({ goal }, { emit }) => {
      for (const text of ['ho', 'ney']) emit({ type: 'token', text })
      return finish(goal)
    })
    const actor = createActor(brain, { input: asked() })
    actor.on('token', ({ text }: TokenEvent) => tokens.push(text))
    expect(await toPromise(actor.start())).toEqual(finish('honey'))
    expect(tokens).toEqual(['ho', 'ney'])
  })

  it('is stopped with its signal', async () => {
    let signal: AbortSignal | undefined
    const brain = defineBrain((_, context) => {
      signal = context.signal
      return new Promise(() => {})
    })
    const actor = createActor(brain, { input: asked() }).start()
    actor.stop()
    await rest()
    expect(signal?.aborted).toBe(true)
  })

  it('is an effect in a system: asked again after a crash, under the same id', async () => {
    const ids: unknown[] = []
    const brain = defineBrain((_, { effectId }) => {
      ids.push(effectId)
      return currentEffect()?.attempt === 1 ? new Promise(() => {}) : finish()
    })
    const world = new World({ brain })
    await (await world.open()).spawn('brain', { id: 'b', input: asked() })
    await rest()
    const again = await world.crashAndOpen()
    expect(await again.actor('brain', 'b').result()).toEqual(finish())
    expect(ids).toEqual([ids[0], ids[0]])
    expect(ids[0]).toBeTypeOf('string')
    await world.stop()
  })
})

describe('a brain of rules', () => {
  const saying = (output: string): BrainRule['decide'] => finish(output)
  const first = async (rules: readonly BrainRule[], more = {}) => (await ask(fromRules(rules), more)).event.output

  it('decides by the first rule that matches', async () => {
    const rules: BrainRule[] = [
      { when: ({ turn }) => turn === 2, decide: saying('second') },
      { when: { goal: 'HONEY' }, decide: ({ goal }) => finish(`more ${goal}`) },
      { decide: saying('else') },
    ]
    expect(await first(rules)).toBe('more honey')
    expect(await first(rules, { turn: 2 })).toBe('second')
    expect(await first(rules, { goal: 'wax' })).toBe('else')
  })

  it.each([
    [{ turn: 1 }, true],
    [{ turn: 2 }, false],
    [{ legal: 'FINISH' }, true],
    [{ legal: 'USE_TOOL' }, false],
    [{ observed: 'person' }, true],
    [{ observed: 'none' }, false],
    [{ says: 'ENOUGH' }, true],
    [{ says: 'more' }, false],
    [{ says: 'enough', turn: 2 }, false],
  ] as const)('knows conditions as data, of which all must hold: %j', async (when, holds) => {
    const observations = [
      { turn: 1, kind: 'tool' as const, text: 'more' },
      { turn: 1, kind: 'person' as const, text: 'It is enough.' },
    ]
    expect(await first([{ when, decide: saying('it') }, { decide: saying('else') }], { observations })).toBe(
      holds ? 'it' : 'else',
    )
  })

  it('passes over what is not legal now, and over what was refused', async () => {
    const rules: BrainRule[] = [
      { decide: { event: { type: 'USE_TOOL', tool: 'x', input: {} }, reason: '' } },
      { decide: finish({ a: 1, b: 2 }) },
      { decide: finish('else') },
    ]
    expect(await first(rules)).toEqual({ a: 1, b: 2 })
    const refused = [
      { decision: finish({ b: 2, a: 1 }), reason: 'no' },
      { decision: undefined, reason: 'no' },
    ]
    expect(await first(rules, { refused })).toBe('else')
  })

  it('says so when no rule decides', async () => {
    await expect(ask(fromRules([{ when: { turn: 9 }, decide: finish() }]))).rejects.toMatchObject({
      code: 'NO_DECISION',
      details: { state: 'working.deciding', turn: 1 },
    })
  })

  it.each([
    [[], 'rules'],
    [[{ decide: { event: {}, reason: '' } }], 'rules.0.decide'],
    [[{ decide: finish() }, { when: { trun: 1 }, decide: finish() }], 'rules.1.when'],
    [[{ wen: { turn: 1 }, decide: finish() }], 'rules.0'],
  ])('is not made of rules that can not be read: %j', (rules, field) => {
    expect(() => fromRules(rules as never)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field } }),
    )
  })
})

describe('a scripted brain', () => {
  it('says one step after the other, and remembers what it was asked', async () => {
    const script = fromScript([finish(1), ({ goal }) => finish(goal), failure()])
    expect((await ask(script)).event.output).toBe(1)
    expect((await ask(script)).event.output).toBe('honey')
    await expect(ask(script)).rejects.toThrow('down')
    await expect(ask(script)).rejects.toMatchObject({ code: 'NO_DECISION' })
    expect(script.asked.map(({ step }) => step)).toEqual([0, 1, 2, 3])
    expect(script.asked[0]?.request.goal).toBe('honey')
  })

  it('says the same again to the same effect', async () => {
    const script = fromScript([finish(1), finish(2)])
    for (const effectId of ['e1', 'e1', 'e2']) await ask(script, {}, contextOf({ effectId }))
    expect(script.asked.map(({ step }) => step)).toEqual([0, 0, 1])
  })
})
