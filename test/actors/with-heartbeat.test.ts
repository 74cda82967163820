import { fromActivity, withHeartbeat } from 'roscius/actors'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type ActorRefFrom,
  createActor,
  createMachine,
  fromCallback,
  fromObservable,
  fromPromise,
  fromTransition,
  type OutputFrom,
  setup,
  toPromise,
} from 'xstate'

const limit = { heartbeatMs: 1_000 }

describe('withHeartbeat', () => {
  it('keeps the types of the logic it is given', () => {
    const promise = fromPromise(async ({ input }: { input: { n: number } }) => input.n)
    const callback = fromCallback<{ type: 'IN' }, { url: string }>(() => undefined)
    const observable = fromObservable<number, { from: number }>(() => ({}) as never)
    expectTypeOf(withHeartbeat(promise, limit)).toEqualTypeOf(promise)
    expectTypeOf(withHeartbeat(callback, limit)).toEqualTypeOf(callback)
    expectTypeOf(withHeartbeat(observable, limit)).toEqualTypeOf(observable)
    expectTypeOf<OutputFrom<typeof promise>>().toEqualTypeOf<number>()
    const heard = withHeartbeat(callback, limit)
    expectTypeOf<Parameters<ActorRefFrom<typeof heard>['send']>[0]>().toEqualTypeOf<{ type: 'IN' }>()
    setup({ actors: { promise: withHeartbeat(promise, limit) } }).createMachine({
      invoke: { src: 'promise', input: { n: 1 } },
    })
  })

  it('changes nothing outside Roscius', async () => {
    const logic = withHeartbeat(
      fromPromise(async ({ input }: { input: number }) => input * 2),
      { heartbeatMs: 1 },
    )
    expect(await toPromise(createActor(logic, { input: 21 }).start())).toBe(42)
  })

  it('leaves the logic it is given as it was, and what that says of itself as it is', () => {
    const activity = fromActivity(async () => 1, { idempotent: false })
    expect(withHeartbeat(activity, limit)).toMatchObject({ roscius: { idempotent: false, heartbeatMs: 1_000 } })
    expect(activity).toMatchObject({ roscius: { idempotent: false, heartbeatMs: undefined } })
  })

  it('refuses a machine, and other logic that starts nothing', () => {
    // @ts-expect-error A machine is no effect.
    expect(() => withHeartbeat(createMachine({}), limit)).toThrow('wrap what a machine invokes instead')
    expect(() =>
      withHeartbeat(
        fromTransition((state) => state, {}),
        limit,
      ),
    ).toThrow('starts nothing')
  })

  it('refuses a limit that is not above 0', () => {
    for (const heartbeatMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() =>
        withHeartbeat(
          fromPromise(async () => 1),
          { heartbeatMs },
        ),
      ).toThrow('heartbeatMs must be')
      expect(() => fromActivity(async () => 1, { heartbeatMs })).toThrow('heartbeatMs must be')
    }
  })
})
