/** Commands to a supervisor: what is refused, how long they wait, and what they leave behind. */
import {
  countChildren,
  deleteChild,
  restartChild,
  type SupervisorOptions,
  type SupervisorRef,
  startChild,
  supervisor,
  terminateChild,
  whichChildren,
} from 'roscius'
import { describe, expect, it } from 'vitest'
import { createMachine, fromPromise, setup } from 'xstate'
import { all, World } from '../support/world.js'

const job = createMachine({ initial: 'on', states: { on: { on: { END: 'off' } }, off: { type: 'final' } } })
/** Its effect ignores its signal. */
const stubborn = setup({ actors: { never: fromPromise(() => new Promise(() => undefined)) } }).createMachine({
  invoke: { src: 'never' },
})

async function opened(options: SupervisorOptions = {}) {
  const world = new World({ job, stubborn, fleeting: { logic: job, durability: 'volatile' }, sup: supervisor(options) })
  const system = await world.open()
  const sup = await system.spawn('sup', { id: 's' })
  return { world, system, sup }
}

const commands: readonly (readonly [name: string, call: (ref: SupervisorRef) => Promise<unknown>])[] = [
  ['startChild', (ref) => startChild(ref, { id: 'c', logic: 'job' })],
  ['terminateChild', (ref) => terminateChild(ref, 'c')],
  ['restartChild', (ref) => restartChild(ref, 'c')],
  ['deleteChild', (ref) => deleteChild(ref, 'c')],
  ['countChildren', (ref) => countChildren(ref)],
  ['whichChildren', (ref) => whichChildren(ref)],
]

describe.each(commands)('%s', (_, call) => {
  it('rejects at once where there is no supervisor', async () => {
    const { world, system } = await opened()
    const plain = (await system.spawn('job', { id: 'plain' })) as unknown as SupervisorRef
    await expect(call(plain)).rejects.toMatchObject({ code: 'NOT_A_SUPERVISOR', address: 'plain' })
    await expect(call(system.actor('sup', 'nobody'))).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    expect(await all(system.deadLetters.list())).toEqual([])
    await world.stop()
  })

  it('rejects with SYSTEM_STOPPED when the system has stopped', async () => {
    const { world, sup } = await opened()
    await world.stop()
    await expect(call(sup)).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  })
})

describe('a spec that startChild is given', () => {
  const refusals: readonly (readonly [spec: unknown, field: string, options?: SupervisorOptions | undefined])[] = [
    [undefined, 'startChild'],
    [null, 'startChild'],
    ['job', 'startChild'],
    [{}, 'startChild.id', { template: { logic: 'job' } }],
    [{ id: 'c' }, 'startChild.logic'],
    [{ id: '$c', logic: 'job' }, 'startChild.id'],
    [{ id: 'c', logic: 'job', shutdown: 4 }, 'startChild.shutdown'],
    [{ id: 'c', logic: 'job', restart: 'transient', significant: true }, 'startChild.significant'],
    [{ id: 'c', logic: 'job', significant: true }, 'startChild.significant', { autoShutdown: 'anySignificant' }],
    [{ id: 'c', logic: 'job', durability: 'volatile', restartFrom: 'lastGood' }, 'startChild.restartFrom'],
    [{ id: 'c', logic: 'fleeting', restartFrom: 'lastGood' }, 'startChild.restartFrom'],
  ]
  for (const [spec, field, options] of refusals) {
    it(`is refused as one in the list is: ${JSON.stringify(spec)}, at ${field}`, async () => {
      const { world, sup } = await opened(options)
      const refusal = { code: 'OPTIONS_INVALID', details: { field } }
      await expect(startChild(sup, spec as never)).rejects.toMatchObject(refusal)
      expect(await countChildren(sup)).toMatchObject({ specs: 0 })
      await world.stop()
    })
  }

  it('leaves to the template what it has as undefined', async () => {
    const { world, sup } = await opened({ template: { logic: 'job', restart: 'transient' } })
    await startChild(sup, { id: 'c', logic: undefined, restart: undefined, shutdownMs: undefined })
    expect(await whichChildren(sup)).toMatchObject([{ id: 'c', logic: 'job', restart: 'transient' }])
    await world.stop()
  })
})

describe('deleteChild', () => {
  it('tells a child of the definition from one that runs', async () => {
    const { world, sup } = await opened({ children: [{ id: 'fixed', logic: 'job' }] })
    await expect(deleteChild(sup, 'fixed')).rejects.toMatchObject({ code: 'CHILD_IN_DEFINITION' })
    await terminateChild(sup, 'fixed')
    await expect(deleteChild(sup, 'fixed')).rejects.toMatchObject({ code: 'CHILD_IN_DEFINITION' })
    await startChild(sup, { id: 'added', logic: 'job' })
    await expect(deleteChild(sup, 'added')).rejects.toMatchObject({ code: 'CHILD_RUNNING' })
    await world.stop()
  })
})

describe('a temporary child that has ended', () => {
  it('is no child any more; its records stay readable until they are deleted', async () => {
    const { world, system, sup } = await opened({ template: { logic: 'job', restart: 'temporary' } })
    const child = await startChild<typeof job>(sup, { id: 'c' })
    await child.deliver({ type: 'END' })
    await system.settled()
    expect(await whichChildren(sup)).toEqual([])
    await expect(deleteChild(sup, 'c')).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
    expect(child.getSnapshot().status).toBe('done')
    await child.delete()
    expect((await all(system.actors())).map(({ path }) => path)).toEqual(['s'])
    await world.stop()
  })
})

describe('how long a command waits', () => {
  const SLOW = 90_000
  const terminating = async (shutdownMs: number | 'infinity', timeoutMs?: number) => {
    const { world, sup } = await opened({ children: [{ id: 'c', logic: 'stubborn', shutdownMs }] })
    const outcome: string[] = []
    void terminateChild(sup, 'c', timeoutMs === undefined ? undefined : { timeoutMs }).then(
      () => outcome.push('done'),
      (error) => outcome.push(error.code),
    )
    return { world, sup, outcome }
  }

  it('is as long as the child may take, by default', async () => {
    const { world, outcome } = await terminating(SLOW)
    await world.advance(SLOW - 1)
    expect(outcome).toEqual([])
    await world.advance(1)
    expect(outcome).toEqual(['done'])
    await world.stop()
  })

  it('has no end for a child that may take any time, but that of its supervisor', async () => {
    const { world, sup, outcome } = await terminating('infinity')
    await world.advance(1_000 * SLOW)
    expect(outcome).toEqual([])
    await sup.stop()
    await world.system.settled()
    expect(outcome).toEqual(['ACTOR_STOPPED'])
    await world.stop()
  })

  it('is what the caller says', async () => {
    const { world, outcome } = await terminating('infinity', 10)
    await world.advance(10)
    expect(outcome).toEqual(['ASK_TIMEOUT'])
    await world.stop()
  })

  it.each([0, -1, Number.NaN, '10'])('can not be %s', async (timeoutMs) => {
    const { world, sup } = await opened()
    await expect(restartChild(sup, 'c', { timeoutMs: timeoutMs as number })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'timeoutMs' },
    })
    await world.stop()
  })

  it('ends at once when the supervisor is ending', async () => {
    const { world, system, sup } = await opened({
      autoShutdown: 'anySignificant',
      children: [
        { id: 'slow', logic: 'stubborn' },
        { id: 'lead', logic: 'job', restart: 'transient', significant: true },
      ],
    })
    await system.actor('job', 's/lead').deliver({ type: 'END' })
    for (let round = 0; round < 20; round++) await world.clock.advance(0)
    expect(sup.getSnapshot().value).toBe('stopping')
    await expect(startChild(sup, { id: 'c', logic: 'job' })).rejects.toMatchObject({ code: 'ACTOR_STOPPED' })
    await world.stop()
  })
})

describe('a store that fails while a supervisor looks for missing children', () => {
  it('ends the system, and nothing is left unhandled', async () => {
    const { world } = await opened({ template: { logic: 'job' } })
    await world.crash()
    const { store } = world
    const range = store.range.bind(store)
    store.range = (keys) => {
      if (keys.gte.startsWith('c/s')) throw new Error('unreadable')
      return range(keys)
    }
    const system = await world.open()
    system.actor('sup', 's').send({ type: 'roscius.child.ended', id: 'nobody', reason: 'done' })
    for (let round = 0; round < 20; round++) await world.clock.advance(0)
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: 'halted', error: expect.objectContaining({ code: 'STORE_FAILED' }) }),
    )
    await world.crash()
  })
})
