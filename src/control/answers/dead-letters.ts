/** Events that nobody took: which, why, and what is to become of them. */
import { isRosciusError } from '../../core/errors.js'
import type { DeadLetterReason } from '../../core/events.js'
import type { DeadLetter } from '../../runtime/dead-letters.js'
import type { Outcomes, ToldDeadLetter } from '../protocol/lists.js'
import type { AskedOf } from '../protocol/routes.js'
import type { Answers, Desk } from './desk.js'

type Routes = 'deadLetters' | 'retryDeadLetters' | 'discardDeadLetters'

/** Where they are read: in a system, or in a store, where nobody can retry them. */
export interface LettersSight extends Pick<Desk, 'shown'> {
  readonly letters: { list(): AsyncIterable<DeadLetter> }
}

export function deadLetterAnswers({ system, ...desk }: Desk): Pick<Answers, Routes> {
  const { deadLetters } = system
  return {
    deadLetters: lettersAnswer({ ...desk, letters: deadLetters }),
    retryDeadLetters: ({ ids }) => eachOf(ids, (id) => deadLetters.retry(id), desk),
    discardDeadLetters: ({ ids }) => eachOf(ids, (id) => deadLetters.discard(id), desk),
  }
}

export function lettersAnswer({ letters, shown }: LettersSight): Answers['deadLetters'] {
  return async ({ offset, limit, ...query }) => {
    const found: DeadLetter[] = []
    for await (const letter of letters.list()) if (isMeant(letter, query, shown)) found.push(letter)
    const page = found.reverse().slice(offset, offset + limit)
    return { letters: page.map((letter) => told(letter, shown)), total: found.length }
  }
}

type Query = Pick<AskedOf<'deadLetters'>, 'path' | 'reason' | 'search'>

function isMeant(letter: DeadLetter, { path, reason, search }: Query, shown: Desk['shown']): boolean {
  if (path !== undefined && letter.path !== path && !letter.path.startsWith(`${path}/`)) return false
  if (reason !== undefined && letter.reason !== reason) return false
  // As it is shown: what is masked can't be guessed by searching.
  return search === undefined || isIn(search, letter.path) || isIn(search, shown.type(letter.event.type))
}

function isIn(part: string, text: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase())
}

function told({ id, path, event, from, reason, failure, time }: DeadLetter, shown: Desk['shown']): ToldDeadLetter {
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
  { mask, onError }: Pick<Desk, 'mask' | 'onError'>,
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
