import { describe, expect, it } from 'vitest'
import { and, assign, createMachine, not, or, spawnChild } from 'xstate'
import { messagesOf, pathsOf, told } from './told.js'

type Config = Parameters<typeof createMachine>[0]
const RULE = 'danger-without-approval'
const paths = (config: Config, options = {}): string[] => pathsOf(createMachine(config), RULE, options)

/** Plans, asks, and acts; `edge` leads from asking to the danger. */
const agent = (on: object, acting: object = { tags: 'danger' }): Config =>
  ({
    initial: 'planning',
    states: {
      planning: { on: { PLANNED: 'asking' } },
      asking: { on, after: { 900000: 'denied' } },
      acting: { on: { DONE: 'done' }, ...acting },
      done: { type: 'final' },
      denied: { type: 'final' },
    },
  }) as Config

const PATH = '-[start]-> planning -[PLANNED]-> asking'

describe('the rule danger-without-approval', () => {
  it('finds a way to a state tagged danger, and shows it', () => {
    expect(paths(agent({ SKIP: 'acting' }))).toEqual([`${PATH} -[SKIP]-> acting`])
  })

  it('is content where every way is approved: by event, by guard, or by what the edge says', () => {
    expect(paths(agent({ APPROVE: 'acting' }))).toEqual([])
    expect(paths(agent({ 'approved.twice': 'acting' }))).toEqual([])
    expect(paths(agent({ ANSWER: { guard: 'approved', target: 'acting' } }))).toEqual([])
    expect(paths(agent({ ANSWER: { guard: and(['isFresh', 'approved']), target: 'acting' } }))).toEqual([])
    expect(paths(agent({ ANSWER: { target: 'acting', meta: { roscius: { approval: true } } } }))).toEqual([])
  })

  it('takes nothing else for an approval', () => {
    expect(paths(agent({ '*': 'acting' }))).toHaveLength(1)
    expect(paths(agent({ ANSWER: { guard: not('approved'), target: 'acting' } }))).toHaveLength(1)
    expect(paths(agent({ ANSWER: { guard: or(['approved', 'isCheap']), target: 'acting' } }))).toHaveLength(1)
    expect(paths(agent({ ANSWER: { target: 'acting', meta: { roscius: { approval: false } } } }))).toHaveLength(1)
    expect(paths(agent({ ANSWER: [{ guard: 'approved', target: 'acting' }, { target: 'acting' }] }))).toHaveLength(1)
  })

  it('goes by other names, of the machine or of the caller', () => {
    expect(paths(agent({ SIGNED: 'acting' }), { approvalEvents: ['SIGNED'] })).toEqual([])
    expect(paths(agent({ SIGNED: { guard: 'isSigned', target: 'acting' } }), { approvalGuards: ['isSigned'] })).toEqual(
      [],
    )
    const meta = { roscius: { check: { approvalEvents: ['SIGN*'] } } }
    expect(paths({ ...agent({ SIGNED: 'acting' }), meta })).toEqual([])
  })

  it('finds danger wherever it is: entry, exit, effect, transition, spawned actor', () => {
    const options = { dangerActions: ['wipe'] }
    expect(paths(agent({ SKIP: 'acting' }, { entry: 'wipe' }), options)).toEqual([`${PATH} -[SKIP]-> acting`])
    expect(paths(agent({ SKIP: 'acting' }, { exit: 'wipe' }), options)).toEqual([
      `${PATH} -[SKIP]-> acting -[DONE]-> done`,
    ])
    expect(paths(agent({ SKIP: { target: 'acting', actions: 'wipe' } }, {}), options)).toEqual([
      `${PATH} -[SKIP]-> acting`,
    ])
    expect(paths(agent({ SKIP: { actions: { type: 'wipe', params: {} } } }, {}), options)).toEqual([
      `${PATH} -[SKIP]-> asking`,
    ])
    const actors = { dangerActors: ['shell'] }
    expect(paths(agent({ SKIP: 'acting' }, { invoke: { src: 'shell', onError: 'done' } }), actors)).toHaveLength(1)
    expect(paths(agent({ SKIP: 'acting' }, { entry: spawnChild('shell') }), actors)).toHaveLength(1)
    const declared = { roscius: { danger: true } }
    expect(paths(agent({ SKIP: 'acting' }, { meta: declared }))).toHaveLength(1)
    expect(paths(agent({ SKIP: { target: 'done', meta: declared } }, {}))).toEqual([`${PATH} -[SKIP]-> done`])
  })

  it('lets a dangerous exit wait for the approval that leads out', () => {
    const config: Config = {
      initial: 'asking',
      states: { asking: { exit: 'wipe', on: { APPROVE: 'done' } }, done: { type: 'final' } },
    }
    expect(paths(config, { dangerActions: ['wipe'] })).toEqual([])
  })

  it('finds a danger in the initial state', () => {
    expect(paths({ initial: 'a', states: { a: { tags: 'danger' } } })).toEqual(['-[start]-> a'])
  })

  it('finds the one way that goes round the approval, through regions and history too', () => {
    expect(
      paths({
        initial: 'work',
        states: {
          work: {
            type: 'parallel',
            on: { PAUSE: 'paused' },
            states: {
              beat: { initial: 'x', states: { x: { after: { 1000: { target: 'x', reenter: true } } } } },
              job: {
                initial: 'asking',
                states: { asking: { on: { APPROVE: 'acting' } }, acting: { tags: 'danger' } },
              },
              last: { type: 'history', history: 'deep' },
            },
          },
          paused: { on: { RESUME: 'work.last', FORCE: 'work.job.acting' } },
        },
      }),
    ).toEqual(['-[start]-> work.beat.x -[PAUSE]-> paused -[FORCE]-> work.job.acting'])
  })

  it('takes what history brings back for as approved as it was', () => {
    const paused = (RESUME: string): string[] =>
      paths({
        initial: 'work',
        states: {
          work: {
            initial: 'asking',
            on: { PAUSE: 'paused' },
            states: {
              asking: { on: { APPROVE: 'acting' } },
              acting: { tags: 'danger' },
              last: { type: 'history' },
              rash: { type: 'history', target: 'acting' },
            },
          },
          idle: { on: { GO: 'work.rash' } },
          paused: { on: { RESUME, IDLE: 'idle' } },
        },
      })
    expect(paused('work.last')).toEqual(['-[start]-> work.asking -[PAUSE]-> paused -[IDLE]-> idle -[GO]-> work.acting'])
    expect(paused('work.rash')).toEqual(['-[start]-> work.asking -[PAUSE]-> paused -[RESUME]-> work.acting'])
  })

  it('names the state that every open way passes', () => {
    const config: Config = {
      initial: 'a',
      states: {
        a: { on: { ONE: 'b', TWO: 'c' } },
        b: { on: { GO: 'd' } },
        c: { on: { GO: 'd' } },
        d: { on: { LEFT: 'e', RIGHT: 'f' } },
        e: { on: { GO: 'acting' } },
        f: { on: { GO: 'acting' } },
        acting: { tags: 'danger', on: { DONE: 'a' } },
      },
    }
    expect(messagesOf(createMachine(config), RULE)).toEqual([
      'acting is dangerous, and is reached without an approval. Every way there passes d: an approval on the way out of it covers them all.',
    ])
  })

  it('counts an approval for all that lies behind it', () => {
    const acting = { on: { FAILED: 'again', DONE: 'done' }, tags: 'danger' }
    const config = agent({ APPROVE: 'acting' }, acting)
    const states = { ...config.states, again: { after: { 1000: 'acting' } } }
    expect(paths({ ...config, states } as Config)).toEqual([])
  })

  it('says that a name of a danger is borne by nothing', () => {
    const machine = createMachine({ initial: 'a', states: { a: { entry: [assign({}), 'wipe'] } } })
    expect(told(machine, 'declaration', { dangerActions: ['wype'], dangerActors: ['shell'] })).toEqual([
      '(root)',
      '(root)',
    ])
    expect(told(machine, 'declaration', { dangerActions: ['wipe'] })).toEqual([])
  })
})
