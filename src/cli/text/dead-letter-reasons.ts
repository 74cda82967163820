/** What `--reason` of `roscius deadletters` may be: a word that is none of them would look as if all were well. */
import type { DeadLetterReason } from '../../core/events.js'

const REASONS: Readonly<Record<DeadLetterReason, true>> = {
  actorNotFound: true,
  actorEnded: true,
  actorFailed: true,
  poison: true,
  actorQuarantined: true,
  mailboxFull: true,
  stashFull: true,
  peerUnknown: true,
  outboxFull: true,
  expired: true,
  hopLimit: true,
  storeGone: true,
  notSendable: true,
  peerRefused: true,
  mayBeHandled: true,
}

export const DEAD_LETTER_REASONS: readonly string[] = Object.keys(REASONS)
