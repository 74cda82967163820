/** A state of an actor that no crash can take back. */
export interface CommittedState {
  /** How many records the actor had with it. */
  readonly seqNr: number
  /** As `getPersistedSnapshot()` gives it; of an actor that has failed with the status `error` and its error. */
  readonly snapshot: object
  /** The tags of a machine's active states, which XState leaves out of a persisted snapshot. */
  readonly tags?: Iterable<string>
}
