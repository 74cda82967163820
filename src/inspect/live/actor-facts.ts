/** What a row says of one actor, read from the actor itself, in memory or not. */
import type { ActorPath } from '../../core/address.js'
import { isRosciusError } from '../../core/errors.js'
import type { Explanation } from '../../core/explanation.js'
import { errorText } from '../../runtime/phrases.js'
import type { ActorStatus } from './shapes.js'
import { actorAt, type WatchedSystem } from './watched-system.js'

export interface ActorFacts {
  readonly logic: string
  readonly status: ActorStatus
  readonly durability: 'durable' | 'relaxed' | 'volatile'
  readonly isInMemory: boolean
  readonly isPaused: boolean
  /** Whether it is a supervisor; undefined where that can't be told. */
  readonly isSupervisor: boolean | undefined
  /** XState's state value; undefined for logic that is no machine, and where it can't be read. */
  readonly value: unknown
  readonly restarts: number
  readonly mailbox: number
  readonly stash: number
  /** 0 for a supervisor: what it keeps its children by is nobody's business. */
  readonly effects: number
  readonly seqNr: number
  readonly error: string | undefined
}

/** `gone`: there is no such actor. `unknown`: it can't be asked, because the system has stopped, or its records are damaged. */
export function factsOf(
  system: Pick<WatchedSystem, 'name' | 'actor'>,
  path: ActorPath,
): ActorFacts | 'gone' | 'unknown' {
  const explanation = explanationOf(system, path)
  return typeof explanation === 'string' ? explanation : factsIn(explanation)
}

/** Nothing is thrown: whoever looks must not harm the node. */
function explanationOf(
  system: Pick<WatchedSystem, 'name' | 'actor'>,
  path: ActorPath,
): Explanation | 'gone' | 'unknown' {
  try {
    return actorAt(system, path).explain()
  } catch (error) {
    return isRosciusError(error, 'ACTOR_NOT_FOUND') ? 'gone' : 'unknown'
  }
}

function factsIn(explanation: Explanation): ActorFacts {
  const { logic, status, durability, isInMemory, seqNr, position, failures, waitsFor, mailbox, stash, supervises } =
    explanation
  return {
    logic,
    status,
    durability,
    isInMemory,
    seqNr,
    isPaused: waitsFor.some(({ kind }) => kind === 'pause'),
    isSupervisor: status === 'quarantined' ? undefined : supervises !== undefined,
    value: position?.value,
    restarts: failures?.restarts ?? 0,
    mailbox,
    stash,
    effects: waitsFor.filter(({ kind }) => kind === 'effect').length,
    error: errorOf(explanation),
  }
}

/** In the words of `system.tree()`. */
function errorOf({ status, failure, failures, quarantine }: Explanation): string | undefined {
  if (status === 'failed') return errorText(failure?.error)
  if (status === 'restarting') return failures?.last?.error
  return quarantine?.message
}
