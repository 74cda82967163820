/** Why nobody took an event, in a few words. */
export const REASONS: Readonly<Record<string, string>> = {
  actorNotFound: 'no such actor',
  actorEnded: 'actor has ended',
  actorFailed: 'actor has failed',
  poison: 'fails its actor each time',
  actorQuarantined: 'actor is quarantined',
  mailboxFull: 'mailbox was full',
  stashFull: 'too much was deferred',
  peerUnknown: 'no link to that node',
  outboxFull: 'outbox was full',
  expired: 'deadline has passed',
  hopLimit: 'passed on too often',
  storeGone: 'store is gone',
  notSendable: 'can’t be sent',
  peerRefused: 'refused by the node',
  mayBeHandled: 'may have been handled',
}
