/**
 * What it means for a cell to be paused: which of its mail it handles nevertheless, and which is stored while it waits. How an
 * actor is paused and resumed is in `operator-orders.ts`.
 *
 * 1. A paused cell handles only what supervision and endings tell it. All else keeps its place, faults of its actions among it.
 * 2. A pause may last for days, so mail of a stored actor is stored as soon as it waits, also mail that no sender's commit vouches
 *    for. Results of effects are not: after a crash the effect starts again.
 * 3. A machine that ends by itself, because it has taken the cancel event, is paused no longer: it could not get to its end.
 */
import type { EventObject } from 'xstate'
import type { Mailbox } from '../mailbox/mailbox.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Cell } from './cell.js'
import type { EffectRun } from './effect-run.js'
import type { Envelope, MailKind } from './envelope.js'

/** What a cell that is paused, or waits for its restart, handles. */
const CONTROL: ReadonlySet<MailKind> = new Set(['stop', 'restart', 'suspend', 'start'])
/** What may have come in front of an order since. */
const IN_FRONT: ReadonlySet<MailKind> = new Set(['fault', 'resume'])
/** How an effect that will settle does. */
const ANSWERS: ReadonlySet<string> = new Set(['xstate.promise.resolve', 'xstate.promise.reject'])

/** Whether the cell handles nothing until it is resumed. */
export function isPaused({ paused, ending }: Pick<Cell, 'paused' | 'ending'>): boolean {
  return paused !== undefined && ending !== 'awake'
}

/** Whether the cell has mail that it may handle now. */
export function hasWork(cell: Cell): boolean {
  const { status, mailbox } = cell
  if (mailbox === undefined || mailbox.size === 0) return false
  return status === 'restarting' || isPaused(cell) ? nextControl(mailbox) !== undefined : true
}

/** Takes out what the cell handles next. */
export function takeNext(cell: Cell): Envelope | undefined {
  const { status, mailbox } = cell
  if (mailbox === undefined || (status !== 'restarting' && !isPaused(cell))) return mailbox?.shift()
  const next = nextControl(mailbox)
  if (next === mailbox.peek()) return mailbox.shift()
  return mailbox.remove((mail) => mail === next)[0]
}

function nextControl(mailbox: Mailbox<Envelope>): Envelope | undefined {
  for (const mail of mailbox) {
    if (CONTROL.has(mail.kind)) return mail
    if (!IN_FRONT.has(mail.kind)) return undefined
  }
  return undefined
}

/** Whether mail that waits is to be stored though no commit vouches for it. */
export function isWorthKeeping(
  { durability }: Pick<Cell, 'durability'>,
  { kind, keep, stored, event }: Envelope,
  refs: RefCodec,
): boolean {
  return kind === 'event' && !keep && stored === undefined && durability !== 'volatile' && isStorable(event, refs)
}

/** What a volatile actor has sent need not be: it fails its receiver only when that handles it. */
function isStorable(event: EventObject, refs: RefCodec): boolean {
  try {
    toStorable(event, 'event', refs)
    return true
  } catch {
    return false
  }
}

/** Whether the effect has answered, and its answer waits for a paused cell to be resumed. */
export function isAnswered({ child }: Pick<EffectRun, 'child'>, cell: Cell | undefined): boolean {
  if (cell === undefined || !isPaused(cell)) return false
  for (const { kind, child: session, event } of cell.mailbox ?? [])
    if (session === child && (kind === 'fault' || (kind === 'effect' && ANSWERS.has(event.type)))) return true
  return false
}

/** Whether nothing waits for the paused cell but to start its effects again: it comes back with that. */
export function isWithoutMail({ paused, mailbox }: Cell): boolean {
  if (mailbox === undefined || mailbox.size === 0) return true
  return paused !== undefined && mailbox.size === 1 && mailbox.peek()?.kind === 'resume'
}
