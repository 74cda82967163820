/** Orders of supervision to a child, which come before all its mail. */
import type { EventObject } from 'xstate'
import type { Cell } from './cell.js'
import { Envelope } from './envelope.js'
import type { Mailboxes } from './mailboxes.js'

/** Resolves when the child has carried it out. */
export function order(mailboxes: Mailboxes, cell: Cell, kind: 'restart' | 'suspend'): Promise<void> {
  const envelope = new Envelope(kind, { type: `roscius.${kind}`, isOrdered: true } as EventObject)
  return new Promise((resolve, reject) => {
    envelope.waiter = { resolve: () => resolve(), reject }
    mailboxes.pushFront(cell, envelope)
  })
}

/** Takes back orders that the child has not got to yet. */
export function takeBack(cell: Cell, kind: 'restart' | 'suspend'): void {
  const isOrder = (mail: Envelope): boolean => mail.kind === kind && mail.waiter !== undefined
  for (const { waiter } of cell.mailbox?.remove(isOrder) ?? [])
    waiter?.resolve({ seqNr: cell.seqNr, outcome: 'ignored' })
}

/** The end of the effect that does something: `aborted` resolves then. */
export interface Interrupt {
  readonly signal: AbortSignal
  readonly aborted: Promise<void>
}

export function interruptBy(signal: AbortSignal): Interrupt {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return { signal, aborted }
}
