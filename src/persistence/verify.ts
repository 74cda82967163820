/**
 * Checks a whole store, without changing it: what recovery relies on, and what nothing else would notice for long.
 *
 * 1. Every record decodes; a damaged one is named by its key, and checking goes on behind it.
 * 2. The records of an actor are numbered without gaps up to its newest, the deltas apply, and lead to the states that its
 *    heads hold.
 * 3. What refers to an actor (timers, mail, effects, marks, names, history) refers to one that is there; an actor's timers
 *    are in the timer index, and nothing else is.
 * 4. It streams: memory does not grow with the store.
 */
import { type ActorPath, parentOf } from '../core/address.js'
import { isForeign } from '../core/foreign-address.js'
import { type Codec, createCodec } from './codec.js'
import { apply, diff } from './delta.js'
import { JournalReader } from './journal.js'
import {
  archiveKey,
  armKey,
  headKey,
  journalKey,
  kindRange,
  META,
  numberInKey,
  ownRange,
  parseTimerKey,
  parseWatchKey,
  pathInKey,
  STRUCTURES,
  systemIdKey,
  timerKey,
} from './keys.js'
import { type Head, unpackHead, unpackRecord } from './records.js'
import { NO_REFS } from './storable.js'
import type { Store } from './store.js'

/** One thing that is wrong, and the key of the record in which it shows. */
export interface Damage {
  readonly key: string
  readonly problem: string
}

export interface VerifyOptions {
  /** Where values are read, if not from the store itself: the same store, decrypted. */
  readonly values?: Store
  /** Called now and then with the number of records seen. */
  readonly onProgress?: (records: number) => void
}

export interface Verified {
  readonly actors: number
  readonly records: number
}

const PROGRESS_EVERY = 1_000
/** Every kind of key, as `keys.ts` lists them. */
const KINDS = new Set(['a', 'j', 's', 'm', 'e', 't', 'q', 'n', 'x', 'z', 'g', 'w', 'c', 'u'])

/** Statuses of an actor that is no more. */
const ENDED = new Set(['done', 'failed', 'stopped'])

/** Yields every damage of the store; the counts are the generator's return value. Throws only if the store itself fails. */
export function verify(store: Store, options: VerifyOptions = {}): AsyncGenerator<Damage, Verified> {
  return new Verifier(store, options.values ?? store, options.onProgress).run()
}

interface Timer {
  readonly dueMs: number
  readonly arm: number
}

class Verifier {
  #codec!: Codec
  #journal!: JournalReader
  #actors = 0
  #records = 0
  /** The timers of the actor that was asked for last. */
  #lastTimers: { readonly path: ActorPath; readonly timers: Readonly<Record<string, Timer>> | undefined } | undefined

  constructor(
    private readonly store: Store,
    private readonly values: Store,
    private readonly onProgress: ((records: number) => void) | undefined,
  ) {}

  async *run(): AsyncGenerator<Damage, Verified> {
    const isReadable = yield* this.#open()
    if (isReadable) {
      yield* this.#actorsAndJournals()
      yield* this.#history()
      yield* this.#mail()
      yield* this.#timerIndex()
      yield* this.#others()
      yield* this.#strangers()
    }
    this.onProgress?.(this.#records)
    return { actors: this.#actors, records: this.#records }
  }

  /** Who the store is, and the structures without which nothing else can be read. */
  *#open(): Generator<Damage, boolean> {
    try {
      this.#codec = createCodec(this.values.get(STRUCTURES))
    } catch (error) {
      yield { key: STRUCTURES, problem: `${messageOf(error)} No record can be read without it.` }
      return false
    }
    this.#journal = new JournalReader(this.values, this.#codec, NO_REFS)
    const bytes = this.#attempt(META, () => this.values.get(META))
    if ('problem' in bytes) yield bytes
    else if (bytes.value === undefined)
      yield { key: META, problem: 'It is missing: the store does not say what it is.' }
    else {
      const meta = this.#attempt(
        META,
        () => this.#codec.decode(bytes.value as Uint8Array, META) as { format?: unknown; storeId?: unknown },
      )
      if ('problem' in meta) yield meta
      else if (typeof meta.value.format !== 'number' || typeof meta.value.storeId !== 'string')
        yield { key: META, problem: 'It does not have the fields it should.' }
    }
    return true
  }

  // --- actors ---

  async *#actorsAndJournals(): AsyncGenerator<Damage> {
    for await (const [key, bytes] of this.#each('a')) {
      this.#actors++
      const path = pathInKey(key)
      const head = this.#attempt(key, () => this.#headIn(key, bytes))
      if ('problem' in head) {
        yield head
        continue
      }
      const frame = yield* this.#journalOf(path, head.value)
      if (frame !== undefined) yield* this.#timersOf(path, head.value, frame)
      yield* this.#nameOf(key, path, head.value)
    }
  }

  /** Walks the records of the actor; answers its newest state, if that could be read. */
  async *#journalOf(path: ActorPath, head: Head): AsyncGenerator<Damage, unknown> {
    let expected: number | undefined
    let frame: unknown
    for await (const [key, bytes] of this.store.range(ownRange('j', path))) {
      const seqNr = numberInKey(key)
      if (expected !== undefined && seqNr !== expected) {
        yield gap(path, expected)
        frame = undefined
      }
      expected = seqNr + 1
      frame = this.#baseAt(path, head, seqNr - 1) ?? frame
      const next = this.#attempt(key, () => this.#applied(key, this.#valueOf(key, bytes), frame))
      if ('problem' in next) yield next
      frame = 'problem' in next ? undefined : next.value
      const stored = frame === undefined ? undefined : this.#baseAt(path, head, seqNr)
      if (stored !== undefined && diff(frame, stored, NO_REFS) !== undefined)
        yield {
          key: seqNr === head.seqNr ? headKey(path) : archiveKey(path, seqNr),
          problem: 'Its state is not the one that the records before it lead to.',
        }
    }
    const newest = expected === undefined ? 1 : expected - 1
    if (newest < head.seqNr) yield gap(path, newest + 1)
    return newest <= head.seqNr ? head.frame : frame
  }

  /** The state at record `seqNr`, where a head or an archived head holds it. */
  #baseAt(path: ActorPath, head: Head, seqNr: number): unknown {
    if (head.seqNr === seqNr) return head.frame
    const key = archiveKey(path, seqNr)
    const base = this.#attempt(key, () => {
      const bytes = this.values.get(key)
      return bytes && unpackHead(this.#codec.decode(bytes, key, NO_REFS), key)
    })
    return 'problem' in base ? undefined : base.value?.frame
  }

  #applied(key: string, bytes: Uint8Array, frame: unknown): unknown {
    const { delta } = unpackRecord(this.#codec.decode(bytes, key, NO_REFS), key)
    return frame === undefined || delta === undefined ? frame : apply(frame, delta)
  }

  *#timersOf(path: ActorPath, head: Head, frame: unknown): Generator<Damage> {
    if (head.status !== 'active') return
    for (const [name, { dueMs, arm }] of Object.entries(timersIn(frame) ?? {})) {
      const key = timerKey(dueMs, path, armKey(arm, name))
      if (!this.#has(key))
        yield { key, problem: `It is missing: ${path} waits for the timer ${name}, which would never fire.` }
    }
  }

  *#nameOf(key: string, path: ActorPath, { status, systemId }: Head): Generator<Damage> {
    if (status !== 'active' || systemId === undefined) return
    const nameKey = systemIdKey(systemId)
    const owner = this.#attempt(nameKey, () => {
      const bytes = this.values.get(nameKey)
      return bytes && this.#codec.decode(bytes, nameKey)
    })
    if ('value' in owner && owner.value !== path)
      yield { key, problem: `Its systemId "${systemId}" leads to ${String(owner.value ?? 'nobody')}.` }
  }

  // --- what refers to actors ---

  /** Archived heads, and records whose actor is gone. */
  async *#history(): AsyncGenerator<Damage> {
    for await (const [key] of this.#each('j')) yield* this.#orphan(key)
    for await (const [key, bytes] of this.#each('s')) {
      yield* this.#orphan(key)
      const head = this.#attempt(key, () => this.#headIn(key, bytes))
      if ('problem' in head) yield head
      else if (head.value.seqNr !== numberInKey(key))
        yield { key, problem: `It holds the state at record ${head.value.seqNr}.` }
    }
  }

  async *#mail(): AsyncGenerator<Damage> {
    let starting: ActorPath | undefined
    for await (const [key, bytes] of this.#each('m')) {
      const path = pathInKey(key)
      const mail = this.#attempt(key, () => this.#codec.decode(this.#valueOf(key, bytes), key, NO_REFS))
      if ('problem' in mail) {
        yield mail
        continue
      }
      if (!Array.isArray(mail.value) || mail.value.length < 6) {
        yield { key, problem: 'It does not have the fields it should.' }
        continue
      }
      // Mail may wait for an actor whose own start waits before it.
      if (mail.value[5] !== null) starting = path
      if (starting !== path) yield* this.#orphan(key)
    }
  }

  async *#timerIndex(): AsyncGenerator<Damage> {
    for await (const [key] of this.#each('t')) {
      const { path, key: rest } = parseTimerKey(key)
      const colon = rest.indexOf(':')
      if (!this.#has(headKey(path))) {
        yield { key, problem: `It refers to the actor ${path}, which does not exist.` }
        continue
      }
      const timer = this.#timersAt(path)?.[rest.slice(colon + 1)]
      const isArmed =
        timer !== undefined && timerKey(timer.dueMs, path, armKey(timer.arm, rest.slice(colon + 1))) === key
      if (!isArmed) yield { key, problem: `${path} does not wait for this timer.` }
    }
  }

  #timersAt(path: ActorPath): Readonly<Record<string, Timer>> | undefined {
    if (this.#lastTimers?.path !== path) {
      const loaded = this.#attempt(path, () => this.#journal.load(path))
      this.#lastTimers = { path, timers: 'value' in loaded ? timersIn(loaded.value?.frame) : undefined }
    }
    return this.#lastTimers.timers
  }

  async *#others(): AsyncGenerator<Damage> {
    for await (const [key] of this.#each('e')) {
      yield* this.#orphan(key)
      const head = this.#attempt(key, () => this.#journal.head(pathInKey(key)))
      if ('value' in head && head.value !== undefined && head.value.status !== 'active')
        yield { key, problem: `The actor has effects, though it is ${head.value.status}.` }
    }
    for (const kind of ['q', 'x', 'n', 'c', 'u']) {
      for await (const [key, bytes] of this.#each(kind)) {
        const value = this.#attempt(key, () => this.#codec.decode(this.#valueOf(key, bytes), key, NO_REFS))
        if ('problem' in value) yield value
        else if (kind === 'q') yield* this.#orphan(key)
        else if (kind === 'c') yield* this.#childRecord(key)
        else if (kind === 'n' && !this.#has(headKey(String(value.value))))
          yield { key, problem: `It names the actor ${String(value.value)}, which does not exist.` }
      }
    }
    for await (const [key] of this.#each('z')) yield* this.#orphan(key)
    yield* this.#watches()
  }

  /** A child in memory alone has no head: then its supervisor has one. */
  *#childRecord(key: string): Generator<Damage> {
    const parent = parentOf(pathInKey(key))
    if (parent === undefined || !this.#has(headKey(parent))) yield* this.#orphan(key)
  }

  async *#watches(): AsyncGenerator<Damage> {
    for await (const [key, bytes] of this.#each('w')) {
      const { target, watcher } = parseWatchKey(key)
      const cell = watcher.split('#', 1)[0] as ActorPath
      if (!this.#isAlive(cell))
        yield { key, problem: `It is to tell the actor ${cell}, which does not exist or has ended.` }
      const value = this.#attempt(key, () => this.#valueOf(key, bytes))
      if ('problem' in value) yield value
      // A value says that the target may have been in memory only.
      else if (value.value.length === 0 && !this.#isAlive(target))
        yield { key, problem: `It waits for the end of the actor ${target}, which does not exist or has ended.` }
    }
  }

  /** An actor that is damaged is another matter; of those of other nodes this store does not know. */
  #isAlive(path: ActorPath): boolean {
    if (isForeign(path)) return true
    const head = this.#attempt(path, () => this.#journal.head(path))
    return 'problem' in head || (head.value !== undefined && !ENDED.has(head.value.status))
  }

  /** Keys that no Roscius has written. */
  async *#strangers(): AsyncGenerator<Damage> {
    for await (const [key] of this.store.range({ gte: '\u0000', lt: '\u{10ffff}' })) {
      if (key === META || key === STRUCTURES || (key[1] === '/' && KINDS.has(key[0] as string))) continue
      yield { key, problem: 'It is not a key of Roscius.' }
    }
  }

  // --- reading ---

  async *#each(kind: string): AsyncGenerator<readonly [key: string, bytes: Uint8Array]> {
    for await (const entry of this.store.range(kindRange(kind))) {
      if (++this.#records % PROGRESS_EVERY === 0) this.onProgress?.(this.#records)
      yield entry
    }
  }

  *#orphan(key: string): Generator<Damage> {
    const path = pathInKey(key)
    // A deleted actor's records are being removed: that goes on at the next start.
    if (this.#has(headKey(path)) || this.#has(`g/${path}`)) return
    yield { key, problem: `It belongs to the actor ${path}, which does not exist.` }
  }

  #has(key: string): boolean {
    return this.store.get(key) !== undefined
  }

  #valueOf(key: string, bytes: Uint8Array): Uint8Array {
    return this.values === this.store ? bytes : (this.values.get(key) as Uint8Array)
  }

  #headIn(key: string, bytes: Uint8Array): Head {
    return unpackHead(this.#codec.decode(this.#valueOf(key, bytes), key, NO_REFS), key)
  }

  #attempt<T>(key: string, read: () => T): { readonly value: T } | Damage {
    try {
      return { value: read() }
    } catch (error) {
      return { key, problem: messageOf(error) }
    }
  }
}

/** The delays that an actor has armed, and the time until which it waits to be restarted. */
function timersIn(frame: unknown): Readonly<Record<string, Timer>> | undefined {
  const { timers, supervised } = (frame ?? {}) as {
    readonly timers?: Readonly<Record<string, Timer>>
    readonly supervised?: { readonly waiting?: { readonly untilMs: number | null; readonly arm: number } }
  }
  const { untilMs = null, arm = 0 } = supervised?.waiting ?? {}
  return untilMs === null ? timers : { ...timers, $restart: { dueMs: Math.ceil(untilMs), arm } }
}

function gap(path: ActorPath, seqNr: number): Damage {
  return {
    key: journalKey(path, seqNr),
    problem: `It is missing: the records of ${path} must be numbered without gaps.`,
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
