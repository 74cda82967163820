/**
 * The key space of a store: one letter for the kind, then what it belongs to. Paths never contain `:` (they are
 * percent-encoded), so `:` ends a path; numbers are base 36 of fixed width, so that keys sort as their numbers do.
 *
 *     meta                  what the store is: format, storeId, incarnation
 *     structures            shared structures of the codec
 *     a/<path>              head of an actor: logic, status, its latest snapshot
 *     j/<path>:<seqNr>      journal record
 *     s/<path>:<seqNr>      earlier head, kept for time travel
 *     m/<path>:<n>          accepted envelope that waits in the mailbox
 *     c/<path>              how the actor was asked for: logic, input, child spec
 *     e/<path>              the actor has unsettled effects: activate it at start
 *     t/<due>:<path>:<key>  timer index
 *     q/<path>:<seqNr>      custom actions without a completion mark
 *     n/<systemId>          path of the actor with that systemId
 *     x/<id>                dead letter
 *     w/<path>:<watcher>    the watcher (a path, or a session) is to be told when that actor ends
 *     z/<path>              the actor has ended and its children are being stopped
 *     u/<extension>/<key>   record of an extension of the node
 *     g/<path>              the actor has been deleted and its records are being removed
 */
import type { ActorPath } from '../core/address.js'
import { isForeign } from '../core/foreign-address.js'

const WIDTH = 10

export const META = 'meta'
export const STRUCTURES = 'structures'

/** The digits of a half as a number: below it, numbers are small integers, which V8 writes three times as fast. */
const HALF = 36 ** (WIDTH / 2)
const ZEROS = '0'.repeat(WIDTH / 2)

const number = (n: number): string => {
  const high = Math.floor(n / HALF)
  const low = (HALF + n - high * HALF).toString(36).slice(1)
  return high === 0 ? ZEROS + low : high.toString(36).padStart(WIDTH / 2, '0') + low
}

export const headKey = (path: ActorPath): string => `a/${path}`
export const journalKey = (path: ActorPath, seqNr: number): string => `j/${path}:${number(seqNr)}`
export const archiveKey = (path: ActorPath, seqNr: number): string => `s/${path}:${number(seqNr)}`
export const childKey = (path: ActorPath): string => `c/${path}`
export const mailKey = (path: ActorPath, n: number): string => `m/${path}:${number(n)}`
export const effectsKey = (path: ActorPath): string => `e/${path}`
export const timerKey = (dueMs: number, path: ActorPath, key: string): string =>
  `t/${number(Math.max(0, Math.ceil(dueMs)))}:${path}:${key}`
export const actionsKey = (path: ActorPath, seqNr: number): string => `q/${path}:${number(seqNr)}`
export const systemIdKey = (systemId: string): string => `n/${systemId}`
export const deadLetterKey = (id: string): string => `x/${id}`
export const watchKey = (target: ActorPath, watcher: string): string => `w/${keyed(target)}:${keyed(watcher)}`
export const endingKey = (path: ActorPath): string => `z/${path}`
export const extensionKey = (extension: string, key: string): string => `u/${extension}/${key}`
export const deletedKey = (path: ActorPath): string => `g/${path}`

/** All records of an extension whose keys begin with `prefix`. */
export const extensionRange = (extension: string, prefix = ''): { readonly gte: string; readonly lt: string } => {
  const gte = extensionKey(extension, prefix)
  const last = gte.length - 1
  return { gte, lt: gte.slice(0, last) + String.fromCharCode(gte.charCodeAt(last) + 1) }
}

/** An id for a dead letter that sorts by time: ms, then a count. */
export const deadLetterId = (timeMs: number, n: number): string => `${number(timeMs)}-${number(n)}`

/** Every key of one kind: `a`, `m`, and so on. */
export const kindRange = (kind: string): { readonly gte: string; readonly lt: string } => ({
  gte: `${kind}/`,
  lt: `${kind}0`,
})

/** Keys of one kind that belong to exactly `path`, from number `from` up to and including `to`. */
export function ownRange(
  kind: string,
  path: ActorPath,
  from = 0,
  to?: number,
): { readonly gte: string; readonly lt: string } {
  return {
    gte: `${kind}/${path}:${number(from)}`,
    lt: to === undefined ? `${kind}/${path};` : `${kind}/${path}:${number(to + 1)}`,
  }
}

/** Keys of one kind that belong to actors below `path`, itself not. */
export const belowRange = (kind: string, path: ActorPath): { readonly gte: string; readonly lt: string } => ({
  gte: `${kind}/${path}/`,
  lt: `${kind}/${path}0`,
})

/**
 * The end of a timer's key: which arming of which delay. In the order of arming, which is the order of firing for timers of
 * a cell that fall due together: length first.
 */
export function armKey(arm: number, key: string): string {
  const digits = String(arm)
  return `${String.fromCharCode(96 + digits.length)}${digits}:${key}`
}

/** The timers due before `dueMs`, from `fromMs` on; those due within the millisecond of a bound are in both ranges it parts. */
export const timerRange = (fromMs: number, dueMs: number): { readonly gte: string; readonly lt: string } => ({
  gte: `t/${number(Math.max(0, Math.floor(fromMs)))}`,
  lt: `t/${number(Math.max(0, Math.floor(dueMs) + 1))}`,
})

/** The path in a key of the form `x/<path>` or `x/<path>:<rest>`. */
export function pathInKey(key: string): ActorPath {
  const end = key.indexOf(':')
  return key.slice(2, end < 0 ? undefined : end)
}

/** A number that sorts as text, for keys of others. */
export const sortableNumber = number

/** The number at the end of a key. */
export const numberInKey = (key: string): number => Number.parseInt(key.slice(-WIDTH), 36)

export interface TimerKeyParts {
  readonly dueMs: number
  readonly path: ActorPath
  readonly key: string
}

export function parseTimerKey(storeKey: string): TimerKeyParts {
  const pathStart = 2 + WIDTH + 1
  const pathEnd = storeKey.indexOf(':', pathStart)
  return {
    dueMs: Number.parseInt(storeKey.slice(2, 2 + WIDTH), 36),
    path: storeKey.slice(pathStart, pathEnd),
    key: storeKey.slice(pathEnd + 1),
  }
}

/** An address of another node, in the place of a path: behind an `@`, which no path has. */
const keyed = (path: string): string => (isForeign(path) ? `@${encodeURIComponent(path)}` : path)
const unkeyed = (part: string): string => (part.startsWith('@') ? decodeURIComponent(part.slice(1)) : part)

/** A watcher is a path, perhaps with the session of a child (`path#life.n`): no `:` in it either. */
export function parseWatchKey(key: string): { readonly target: ActorPath; readonly watcher: string } {
  const target = pathInKey(key)
  return { target: unkeyed(target), watcher: unkeyed(key.slice(2 + target.length + 1)) }
}
