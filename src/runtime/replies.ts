/**
 * Questions from outside that wait for an answer. Their reply addresses (`$ask/<incarnation>/<n>`) belong to one run of the
 * node. A question with an idempotency key has it and the receiver at the end of its address: so the receiver can keep the
 * reply for a repeat, however late it comes, and a reply answers all who ask the same, also one to an earlier run (D11).
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import { type ForeignAddress, isForeign, parseForeign, SEAL } from '../core/foreign-address.js'
import type { Random } from '../core/random.js'

interface Question {
  readonly resolve: (reply: EventObject) => void
  readonly reject: (error: unknown) => void
  readonly cancel: Cancel
  /** Given to other nodes with its address. */
  seal?: string
}

export class Replies {
  #open = new Map<ActorPath, Question>()
  #count = 0

  constructor(
    private readonly clock: Clock,
    private readonly incarnation: number,
    private readonly random: Random,
  ) {}

  /** Opens a question; `settle` ends it early. */
  open(
    to: ActorPath,
    timeoutMs: number,
    key?: string,
  ): {
    readonly path: ActorPath
    readonly reply: Promise<EventObject>
    readonly settle: (error?: unknown, reply?: EventObject) => void
  } {
    const suffix = key === undefined ? '' : `/${encodeURIComponent(key)}/${encodeURIComponent(to)}`
    const path = `$ask/${this.incarnation}/${++this.#count}${suffix}`
    const reply = new Promise<EventObject>((resolve, reject) => {
      const expire = (): void => this.#take(path)?.reject(askTimeout(to, timeoutMs))
      const cancel = Number.isFinite(timeoutMs) ? this.clock.schedule(expire, timeoutMs) : () => undefined
      this.#open.set(path, { resolve, reject, cancel })
    })
    return {
      path,
      reply,
      settle: (error, reply) => {
        const question = this.#take(path)
        if (question === undefined) return
        if (reply !== undefined) question.resolve(reply)
        else question.reject(error)
      },
    }
  }

  /** A reply has been released. */
  answer(path: ActorPath, event: EventObject): void {
    this.#take(path)?.resolve(event)
    const same = sameQuestion(path)
    if (same === undefined) return
    for (const other of [...this.#open.keys()]) if (sameQuestion(other) === same) this.#take(other)?.resolve(event)
  }

  /** What other nodes have to know to answer; undefined if nobody waits there. */
  sealOf(path: ActorPath): string | undefined {
    const question = this.#open.get(path)
    if (question !== undefined) question.seal ??= this.random.id()
    return question?.seal
  }

  /** There will be no reply. */
  refuse(path: ActorPath, error: unknown): void {
    this.#take(path)?.reject(error)
  }

  /** The node stops: nobody will answer any more. */
  rejectAll(error: unknown): void {
    for (const path of [...this.#open.keys()]) this.#take(path)?.reject(error)
  }

  #take(path: ActorPath): Question | undefined {
    const question = this.#open.get(path)
    // A Map that is emptied again and again leaves a chain of tables that only a full collection frees.
    if (question !== undefined && this.#open.size === 1) this.#open = new Map()
    else this.#open.delete(path)
    question?.cancel()
    return question
  }
}

/** Key and receiver at the end of a reply address: what all repeats of a question have in common. */
function sameQuestion(path: ActorPath): string | undefined {
  const [, , , key, to] = path.split('/')
  return key === undefined ? undefined : `${key}/${to}`
}

/** The idempotency key in a reply address, if the question came with one. */
function keyOfQuestion(path: ActorPath): string | undefined {
  const key = path.split('/')[3]
  return key && decodeURIComponent(key)
}

/** The key of the question that is answered by a message to `path`, if it is one and came with a key. */
export function keyOfReply(path: ActorPath, child: string | undefined): string | undefined {
  if (isForeign(path)) return keyOfForeignReply(parseForeign(path))
  if (!path.startsWith('$')) return undefined
  return child === undefined ? keyOfQuestion(path) : effectKey(child)
}

function keyOfForeignReply({ path, store = '' }: ForeignAddress): string | undefined {
  if (!path.startsWith('$')) return undefined
  const unsealed = path.slice(0, path.lastIndexOf(SEAL))
  return path.startsWith(REPLY_TO_EFFECT)
    ? foreignKey(store, effectKey(unsealed.slice(REPLY_TO_EFFECT.length)))
    : keyOfQuestion(unsealed)
}

/** How the reply address of an effect is written outside of this process; its session follows. */
export const REPLY_TO_EFFECT = '$reply:'

/** A key of another node's runtime, so that it is met by no other; `store` is that node's. */
export const foreignKey = (store: string, key: string): string =>
  key.startsWith('$') ? `$remote/${store}/${key}` : key

/** The dedupe key of the question that the effect `session` asks; keys that begin with `$` are the runtime's own. */
export const effectKey = (session: string): string => `$effect/${session}`

/** The effect that asked the question of that key, if one did. */
export function sessionOfKey(key: string | undefined): string | undefined {
  return key?.startsWith('$effect/') ? key.slice('$effect/'.length) : undefined
}

export function askTimeout(to: ActorPath, timeoutMs: number): RosciusError {
  return new RosciusError(
    'ASK_TIMEOUT',
    `${to} did not reply within ${timeoutMs} ms. It may still handle the question; ask again with the same idempotencyKey to get its answer once.`,
    { address: to, details: { timeoutMs } },
  )
}
