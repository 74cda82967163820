/**
 * What was asked of other nodes from outside and waits for an answer; it ends with its node at the latest.
 *
 * 1. Answers are in the memory of the process that was asked. When that has ended, what it had taken already is asked once more
 *    if it may be, and else rejected; what it had not taken is still in the outbox, and is answered by the next one.
 */
import { RosciusError } from '../core/errors.js'
import type { AbroadHost } from '../runtime/abroad.js'
import type { NumberAt } from './outbox/lane.js'

interface Open {
  readonly peer: string
  readonly settle: (error?: unknown) => void
  /** Asks once more, where that changes nothing. */
  readonly again: (() => void) | undefined
  /** Its number once it was sent; `'once'` if it has none. */
  at?: NumberAt | 'once'
}

export class Questions {
  readonly #open = new Map<string, Open>()

  constructor(private readonly host: AbroadHost) {}

  /** `path` is the address for the answer. Rejects with `ASK_TIMEOUT` past the deadline. */
  open(
    peer: string,
    to: string,
    deadlineMs: number | undefined,
    again?: () => void,
  ): { readonly path: string; readonly reply: Promise<unknown> } {
    const { path, reply, settle } = this.host.question(to, deadlineMs ?? Number.POSITIVE_INFINITY)
    this.#open.set(path, { peer, settle, again })
    const forget = (): void => void this.#open.delete(path)
    reply.then(forget, forget)
    return { path, reply }
  }

  refuse(path: string, error: unknown): void {
    this.#open.get(path)?.settle(error)
  }

  /** It has left, or will. */
  sent(path: string, at: NumberAt | undefined): void {
    const open = this.#open.get(path)
    if (open !== undefined) open.at = at ?? 'once'
  }

  /** The peer has another process than the one that had taken all for which `wasTaken`. */
  again(peer: string, wasTaken: (at: NumberAt) => boolean): void {
    for (const open of [...this.#open.values()]) {
      if (open.peer !== peer || open.at === undefined || open.at === 'once' || !wasTaken(open.at)) continue
      if (open.again === undefined) open.settle(restarted(peer))
      else open.again()
    }
  }

  /** The connection has ended: with it went what is sent once. */
  disconnected(peer: string): void {
    for (const open of [...this.#open.values()])
      if (open.peer === peer && open.at === 'once') open.settle(disconnected(peer))
  }

  rejectAll(peer: string, error: unknown): void {
    for (const open of [...this.#open.values()]) if (open.peer === peer) open.settle(error)
  }
}

/** Who would be asked has been given up already: nobody would say when to stop waiting. */
export function unreachable(peer: string): RosciusError {
  const message = `Nothing is heard of the node "${peer}"; it was not asked. Ask again when system.on tells "nodeUp".`
  return new RosciusError('PEER_DOWN', message, { details: { peer } })
}

/** What was sent at most once is gone, or its answer is. */
export function disconnected(peer: string): RosciusError {
  const message = `There is no connection with the node "${peer}" for what is to be sent at most once, or it broke before the answer came.`
  return new RosciusError('PEER_DOWN', message, { details: { peer } })
}

function restarted(peer: string): RosciusError {
  const message = `The node "${peer}" was restarted before it answered. It may have done what it was asked; repeat that with the same idempotencyKey.`
  return new RosciusError('PEER_DOWN', message, { details: { peer } })
}
