/**
 * Why an actor of a store is where it is, as far as its records tell: no logic is at hand, so that what its machine would take, and
 * what its supervisor is like, is left out.
 */

import { plainJson } from '../../control/http/json-text.js'
import type { ActorDetail, ToldExplanation } from '../../control/protocol/actors.js'
import { type ActorPath, formatAddress } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { Explanation, FinalFailure, SurvivedFailures, Wait } from '../../core/explanation.js'
import type { TreeRow } from '../../runtime/actor-tree.js'
import { explanationText } from '../../runtime/explanation-text.js'
import { type Frame, isMachineFrame } from '../../runtime/xstate/frame.js'
import { loadedOf, statePaths, storedDetail } from './stored-detail.js'
import { noActor, type StoreSight } from './stored-sight.js'
import { readStoredRows } from './stored-tree.js'

type Facts = Omit<Explanation, 'toString'>

/** Rejects with `ACTOR_NOT_FOUND`. */
export async function storedExplanation(path: ActorPath, sight: StoreSight): Promise<ToldExplanation> {
  const stored = (await readStoredRows(sight.store, sight.values, (other) => other === path)).get(path)
  if (stored === undefined) throw noActor(path, sight.folder)
  const facts = await factsOf(path, stored, sight)
  const explanation = plainJson(sight.mask.value(facts)) as Record<string, unknown>
  return { text: sight.mask.text(explanationText(facts)), explanation }
}

async function factsOf(
  path: ActorPath,
  { row, seqNr }: { readonly row: TreeRow; readonly seqNr: number },
  sight: StoreSight,
): Promise<Facts> {
  const { logic, durability, status, mailbox, stash } = row
  const loaded = loadedOf(path, sight)
  const frame = loaded?.frame as Frame | undefined
  const isAlive = status === 'active' || status === 'restarting'
  return {
    path,
    address: formatAddress(sight.name, path),
    logic,
    // There is a record of it: it is not missing.
    status: status as Facts['status'],
    durability,
    isInMemory: false,
    seqNr,
    time: sight.nowMs,
    position: frame && positionOf(frame),
    untaken: [],
    failures: frame && failuresOf(frame, status),
    failure: loaded?.head.failure && failureOf(loaded.head.failure, frame),
    quarantine: status === 'quarantined' ? new RosciusError('ACTOR_QUARANTINED', String(row.error)) : undefined,
    waitsFor: isAlive && frame !== undefined ? await waitsOf(path, frame, sight) : [],
    mailbox,
    stash,
    supervises: undefined,
    supervision: undefined,
    forecast: undefined,
  }
}

// --- where it is ---

function positionOf({ snapshot }: Frame): Explanation['position'] {
  if (!isMachineFrame(snapshot)) return undefined
  const states = statePaths(snapshot.value).map((path) => ({ path, description: undefined }))
  return { value: snapshot.value, states, takes: [] }
}

// --- what went wrong ---

function failuresOf({ supervised }: Frame, status: TreeRow['status']): SurvivedFailures | undefined {
  const { restarts = 0, last } = supervised ?? {}
  if (last === undefined || status === 'failed') return restarts === 0 ? undefined : { restarts, last: undefined }
  const { error, failureClass, event, decision, rule, timeMs } = last
  return { restarts, last: { error: String(error), failureClass, event, decision, rule, time: timeMs } }
}

function failureOf(
  {
    error,
    event,
    timeMs,
  }: { readonly error: unknown; readonly event: { readonly type: string }; readonly timeMs: number },
  frame: Frame | undefined,
): FinalFailure {
  const { failureClass, decision, rule } = frame?.supervised?.last ?? {}
  return { error, event: event.type, time: timeMs, failureClass, decision, rule }
}

// --- what will make it go on ---

async function waitsOf(path: ActorPath, { paused, supervised }: Frame, sight: StoreSight): Promise<readonly Wait[]> {
  const { timers, effects, inner } = await storedDetail(path, sight)
  const { waiting } = supervised ?? {}
  const restart = waiting && { from: waiting.from, dueInMs: dueIn(waiting.untilMs, sight) }
  return [
    ...(paused === undefined ? [] : [{ kind: 'pause', ...paused } as const]),
    ...(restart === undefined ? [] : [{ kind: 'restart', ...restart } as const]),
    ...timers.map((timer) => timerWait(timer, sight)),
    ...effects.map(effectWait),
    ...inner.map(({ id, src, state }) => ({ kind: 'child', id, src, value: state }) as const),
  ]
}

function dueIn(untilMs: number | null, { nowMs }: StoreSight): number | undefined {
  return untilMs === null ? undefined : untilMs - nowMs
}

function timerWait({ event, dueMs, delay, state }: ActorDetail['timers'][number], { nowMs }: StoreSight): Wait {
  return { kind: 'timer', event, dueInMs: dueMs - nowMs, delay, state, child: undefined, to: undefined }
}

/** It goes on with the next system. */
function effectWait({ id, src, effectId = '', attempt }: ActorDetail['effects'][number]): Wait {
  return { kind: 'effect', id, src, effectId, attempt, status: 'running', settles: true }
}
