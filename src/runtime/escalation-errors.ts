/**
 * What a supervisor fails with that gives up, and a system whose top has failed: one sentence that says why. What the child
 * threw is the cause, never a part of the sentence: it would grow with each level.
 */
import { RosciusError } from '../core/errors.js'
import type { EscalateDecision } from '../supervision/directive.js'
import type { Intensity } from '../supervision/restart-window.js'
import { plural } from './phrases.js'

export interface Escalation {
  readonly why: EscalateDecision['why']
  /** Undefined for a child that has not failed, but ended too often. */
  readonly failureClass: string | undefined
  /** What it threw; undefined for one that ended. */
  readonly error: unknown
  readonly intensity: Intensity
}

/** The supervisor at `path` gives up because of its child. */
export function escalatedError(path: string, id: string, escalation: Escalation): RosciusError {
  const { why, failureClass, error } = escalation
  return new RosciusError(
    why === 'directive' ? 'CHILD_ESCALATED' : 'INTENSITY_EXCEEDED',
    `${path}: its child "${id}" ${deedOf(escalation)}; all of its children were stopped.`,
    {
      address: path,
      details: {
        child: `${path}/${id}`,
        why,
        ...(failureClass !== undefined && { failureClass }),
        ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
      },
      cause: error,
    },
  )
}

/** The actor at the top has failed for good. */
export function rootFailedError(path: string, escalation: Escalation): RosciusError {
  const { why, failureClass, error } = escalation
  return new RosciusError(
    'ROOT_FAILED',
    `${path} ${deedOf(escalation)}, and there is no supervisor above it: see onRootFailure of createSystem. A system that has ended with it can be opened again, or looked at with roscius tree.`,
    { address: path, details: { why, ...(failureClass !== undefined && { failureClass }) }, cause: error },
  )
}

function deedOf({ why, failureClass, error, intensity: { maxRestarts, withinMs } }: Escalation): string {
  const did = error === undefined ? 'ended' : 'failed'
  switch (why) {
    case 'directive':
      return `failed in a way that is to be escalated${failureClass === undefined ? '' : ` (class ${failureClass})`}`
    case 'intensity':
      return `${did} too often (more than ${maxRestarts} ${plural(maxRestarts, 'restart')} in ${withinMs} ms)`
    case 'backoff':
      return `${did} too often (more restarts in a row than its backoff allows)`
  }
}

const MAX_DEPTH = 5

/** What a child threw, as a signal carries it: it can be stored, and shares nothing with what others may still change. */
export function causeOf(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error)
  const { name, message, stack, cause } = error
  const { code } = error as { readonly code?: unknown }
  const copy = new Error(
    message,
    cause === undefined || depth === MAX_DEPTH ? {} : { cause: causeOf(cause, depth + 1) },
  )
  return Object.assign(copy, { name, stack }, typeof code === 'string' && { code })
}
