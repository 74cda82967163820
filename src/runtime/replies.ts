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
import type { Waiter } from './envelope.js'
import type { Held } from './held.js'
import { type QueuedTimer, TimerQueue } from './timer-queue.js'

/** A question that waits for its answer; it is told of the end of its envelope, too. */
class Question implements QueuedTimer, Waiter {
  dueMs = 0
  order = 0
  heapIndex = -1
  /** Given to other nodes with its address. */
  seal: string | undefined = undefined
  readonly reply: Promise<EventObject>
  #answer!: (reply: EventObject) => void
  #refuse!: (error: unknown) => void

  constructor(
    readonly path: ActorPath,
    readonly to: ActorPath,
    readonly timeoutMs: number,
    private readonly replies: Replies,
  ) {
    this.reply = new Promise((resolve, reject) => {
      this.#answer = resolve
      this.#refuse = reject
    })
  }

  /** Handled: that is no answer, unless the same has been asked and answered before. */
  resolve(_delivery: unknown, reply?: unknown): void {
    if (reply !== undefined) this.answer(reply as EventObject)
  }

  reject(error: unknown): void {
    this.settle(error)
  }

  /** The answer of another node to an order may be `undefined`. */
  answer(reply: EventObject): void {
    if (this.replies.close(this)) this.#answer(reply)
  }

  /** Ends it early. */
  settle(error?: unknown, reply?: EventObject): void {
    if (reply !== undefined) this.answer(reply)
    else if (this.replies.close(this)) this.#refuse(error)
  }
}

/** An alarm that rings later than this goes with the last question; an earlier one costs less than a new one for the next. */
const FAR_MS = 10_000

interface Alarm {
  readonly dueMs: number
  readonly isFar: boolean
  readonly cancel: Cancel
}

export class Replies {
  #open = new Map<ActorPath, Question>()
  #count = 0
  readonly #deadlines = new TimerQueue<Question>()
  /** Rings when the first of all deadlines has come, or earlier: it stays when its question is answered, unless it is far away. */
  #alarm: Alarm | undefined
  #isStopped = false
  /** How the addresses of this run begin. */
  readonly #run: string

  constructor(
    private readonly clock: Clock,
    incarnation: number,
    private readonly random: Random,
  ) {
    this.#run = `$ask/${incarnation}/`
  }

  open(to: ActorPath, timeoutMs: number, key?: string): Question {
    const suffix = key === undefined ? '' : `/${encodeURIComponent(key)}/${encodeURIComponent(to)}`
    const path = `${this.#run}${++this.#count}${suffix}`
    const question = new Question(path, to, timeoutMs, this)
    this.#open.set(path, question)
    if (Number.isFinite(timeoutMs)) this.#limit(question)
    return question
  }

  /** One alarm for all questions: a timer of its own for each would cost more than its answer. */
  #limit(question: Question): void {
    const { dueMs } = this.#deadlines.add(question, this.clock.monotonic() + Math.max(0, question.timeoutMs))
    if (this.#alarm === undefined || dueMs < this.#alarm.dueMs) this.#setAlarm(dueMs)
  }

  #setAlarm(dueMs: number): void {
    this.#alarm?.cancel()
    if (this.#isStopped) return
    const wait = Math.max(0, Math.ceil(dueMs - this.clock.monotonic()))
    this.#alarm = { dueMs, isFar: wait > FAR_MS, cancel: this.clock.schedule(this.#ring, wait) }
  }

  readonly #ring = (): void => {
    this.#alarm = undefined
    for (const question of this.#deadlines.takeDue(this.clock.monotonic()))
      question.settle(askTimeout(question.to, question.timeoutMs))
    const dueMs = this.#deadlines.nextDue()
    if (dueMs !== undefined && this.#alarm === undefined) this.#setAlarm(dueMs)
  }

  /** A reply has been released. */
  answer(path: ActorPath, event: EventObject): void {
    this.#open.get(path)?.answer(event)
    const same = sameQuestion(path)
    if (same === undefined) return
    for (const other of [...this.#open.values()]) if (sameQuestion(other.path) === same) other.answer(event)
  }

  /** What other nodes have to know to answer; undefined if nobody waits there. */
  sealOf(path: ActorPath): string | undefined {
    const question = this.#open.get(path)
    if (question !== undefined) question.seal ??= this.random.id()
    return question?.seal
  }

  /** There will be no reply. */
  refuse(path: ActorPath, error: unknown): void {
    this.#open.get(path)?.reject(error)
  }

  /** The node stops: nobody will answer any more. */
  rejectAll(error: unknown): void {
    this.#isStopped = true
    for (const question of [...this.#open.values()]) question.reject(error)
    this.#silence()
  }

  /** It waits no longer; false if it did not. */
  close(question: Question): boolean {
    if (this.#open.get(question.path) !== question) return false
    // A Map that is emptied again and again leaves a chain of tables that only a full collection frees.
    if (this.#open.size === 1) this.#open = new Map()
    else this.#open.delete(question.path)
    this.#deadlines.cancel(question)
    if (this.#open.size === 0 && this.#alarm?.isFar) this.#silence()
    return true
  }

  #silence(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
  }
}

/** A reply of a unit, on its way to whoever asked from outside. */
export class HeldReply implements Held {
  constructor(
    private readonly replies: Replies,
    private readonly path: ActorPath,
    private readonly event: EventObject,
  ) {}

  release(): void {
    this.replies.answer(this.path, this.event)
  }
}

/** Where key and receiver begin in a reply address; 0 if it was made without a key. */
function keyStart(path: ActorPath): number {
  const incarnation = path.indexOf('/')
  const count = path.indexOf('/', incarnation + 1)
  return count <= incarnation ? 0 : path.indexOf('/', count + 1) + 1
}

/** Key and receiver at the end of a reply address: what all repeats of a question have in common. */
function sameQuestion(path: ActorPath): string | undefined {
  const start = keyStart(path)
  return start === 0 ? undefined : path.slice(start)
}

/** The idempotency key in a reply address, if the question came with one. */
function keyOfQuestion(path: ActorPath): string | undefined {
  const [key] = sameQuestion(path)?.split('/') ?? []
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
