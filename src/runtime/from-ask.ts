/**
 * Asking another actor from inside a statechart, across a crash (D11): the question's id is the effect's id, so a repeat is
 * answered once; the reply settles the effect even if the asker was restarted in between.
 */
import { type EventObject, fromPromise, type NonReducibleUnknown, type PromiseActorLogic } from 'xstate'
import type { ReplyOf, ReplyRef } from '../core/actor-ref.js'
import { RosciusError } from '../core/errors.js'
import { ActorHandle } from './actor-handle.js'
import { currentRun } from './effect-run.js'
import { askTimeout } from './replies.js'

/** Any ref; its events are those that its `send` takes. */
interface EventTaker<TEvent> {
  readonly address: string
  readonly send: (event: TEvent) => void
}

/**
 * Invokable logic that sends what `build` makes to `to` (a ref, or how to find it in the input) and is done with the first
 * event sent to `replyTo`. Fails with `ASK_TIMEOUT` after `timeoutMs` (default 5 000), or with `NOT_IN_SYSTEM` outside
 * Roscius.
 *
 * @example
 * ```ts
 * import { fromAsk, type RosciusRef } from 'roscius'
 *
 * const askPrice = fromAsk(
 *   ({ shop }: { shop: RosciusRef; item: string }) => shop,
 *   (replyTo, { item }) => ({ type: 'PRICE', item, replyTo }),
 *   { timeoutMs: 2_000 },
 * )
 * ```
 */
export function fromAsk<
  TEvent extends EventObject,
  TInput = NonReducibleUnknown,
  TReply extends EventObject = ReplyOf<TEvent>,
  const TAsked extends TEvent = TEvent,
>(
  to: EventTaker<TEvent> | ((input: TInput) => EventTaker<TEvent>),
  build: (replyTo: ReplyRef<TReply>, input: TInput) => TAsked,
  { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {},
): PromiseActorLogic<TReply, TInput> {
  return fromPromise<TReply, TInput>(({ input }) => {
    const target = typeof to === 'function' ? to(input) : to
    const run = currentRun()
    if (!(target instanceof ActorHandle) || run === undefined) {
      throw new RosciusError(
        'NOT_IN_SYSTEM',
        'fromAsk needs the ref of an actor in a Roscius system, and to run in one itself.',
      )
    }
    const { engine } = target
    const replyTo = engine.refAt('$reply', run.effectId) as unknown as ReplyRef<TReply>
    return new Promise<TReply>((_, reject) => {
      const event = build(replyTo, input)
      engine.askFromEffect(target.path, event, run.effectId).catch(reject)
      run.whenSettled(engine.schedule(() => reject(askTimeout(target.path, timeoutMs)), timeoutMs))
    })
  })
}
