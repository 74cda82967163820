/** Events that nobody took: which, why, and what is to become of them. */
import { isRosciusError } from '../../core/errors.js'
import type { DeadLetterReason } from '../../core/events.js'
import type { DeadLetter } from '../../runtime/dead-letters.js'
import type { Outcomes, ToldDeadLetter } from '../protocol/lists.js'
import type { Answers, Desk } from './desk.js'

type Routes = 'deadLetters' | 'retryDeadLetters' | 'discardDeadLetters'

export function deadLetterAnswers(desk: Desk): Pick<Answers, Routes> {
  const { deadLetters } = desk.system
  return {
    deadLetters: async ({ path, reason, offset, limit }) => {
      const found: DeadLetter[] = []
      for await (const letter of deadLetters.list()) if (isMeant(letter, path, reason)) found.push(letter)
      const page = found.reverse().slice(offset, offset + limit)
      return { letters: page.map((letter) => told(letter, desk)), total: found.length }
    },
    retryDeadLetters: ({ ids }) => eachOf(ids, (id) => deadLetters.retry(id), desk),
    discardDeadLetters: ({ ids }) => eachOf(ids, (id) => deadLetters.discard(id), desk),
  }
}

function isMeant(letter: DeadLetter, path: string | undefined, reason: string | undefined): boolean {
  if (path !== undefined && letter.path !== path && !letter.path.startsWith(`${path}/`)) return false
  return reason === undefined || letter.reason === reason
}

function told({ id, path, event, from, reason, failure, time }: DeadLetter, { shown }: Desk): ToldDeadLetter {
  return {
    id,
    path,
    event: shown.event(event),
    from,
    reason,
    why: WHY[reason] ?? 'Nobody took it.',
    error: failure === undefined ? undefined : shown.error(failure.error),
    atMs: time,
  }
}

/** Each by itself: one that can't be done does not stop the others. */
async function eachOf(
  ids: readonly string[],
  act: (id: string) => Promise<void>,
  { mask, onError }: Desk,
): Promise<Outcomes> {
  const outcomes: Outcomes = []
  for (const id of ids) {
    try {
      await act(id)
      outcomes.push({ id, ok: true })
    } catch (error) {
      if (!isRosciusError(error)) onError(error)
      const text = isRosciusError(error)
        ? mask.text(error.message)
        : 'Something went wrong inside the node. Its log says what.'
      outcomes.push({ id, ok: false, error: text })
    }
  }
  return outcomes
}

const WHY: Readonly<Record<DeadLetterReason, string>> = {
  actorNotFound: 'There was no actor of this path. Start it, then retry.',
  actorEnded: 'Its actor had ended. Nobody will take it unless an actor of this path is started again.',
  actorFailed: 'Its actor had failed for good. Start it again, then retry.',
  poison: 'Its actor failed each time it handled it. Mend what it threw at, then retry; else discard it.',
  actorQuarantined: 'Its actor can not be restored. See why on its page; mend that, then retry.',
  mailboxFull: 'Too much waited for its actor. Retry when its mailbox is shorter.',
  stashFull: 'Its actor deferred too much already. Retry when it takes events again.',
  peerUnknown: 'This node has no link to that node. Name it among the peers, then retry.',
  outboxFull: 'Too much waited for that node already. Retry when its link is up.',
  expired: 'Its deadline had passed before it could be delivered. Retry only if it is still wanted.',
  hopLimit: 'It was passed on from node to node too often: two of them may think that the other has its actor.',
  storeGone: 'It was for an actor of a store that its node does not have any more.',
  notSendable: 'It holds what can not be sent, or more than fits into a frame.',
  peerRefused: 'That node does not let this one send it. Change its permissions, then retry.',
  mayBeHandled:
    'It was for a volatile actor, and the former process of its node may have handled it. Look before you retry.',
}
