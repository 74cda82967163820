/**
 * Stored actors that a change of their machine touches.
 *
 * 1. An actor is of a machine if it was stored by it: by the structure, or by the name of the logic if one is given.
 * 2. Machines inside an actor, invoked or spawned, count as well, where the old file is a module: a written definition does not say
 *    whose they are. Where the new file is one, what is lost is what recovery would quarantine the actor for.
 * 3. Actors that have ended are not looked at. One that can't be read is counted.
 */

import { stateLine } from '../../inspect/definition/state-line.js'
import { affectedBy, type Touched } from '../../inspect/diff/affected.js'
import type { Change } from '../../inspect/diff/change.js'
import type { Store } from '../../persistence/store.js'
import { actorLogic } from '../../runtime/actor-logic.js'
import { missingStates, type PersistedStates } from '../../runtime/missing-states.js'
import { isMachineFrame, type MachineFrame, type SnapshotFrame, toPersisted } from '../../runtime/xstate/frame.js'
import type { MachineDifference } from '../machines/machine-difference.js'
import { type StoredActor, storedActors } from './stored-actors.js'

export interface TouchedActor {
  readonly path: string
  /** Ids of the machines inside it that lead to the one that is touched, joined by `/`; absent if that is the actor itself. */
  readonly inside?: string
  readonly logic: string
  /** Which of the compared machines. */
  readonly machine: string
  /** The state value in one line. */
  readonly state: string
  readonly how: Touched['how']
  /** What it needs and the new machine lacks, where that is known. */
  readonly missing: readonly string[]
  readonly changes: readonly Change[]
}

export interface TouchedActors {
  /** How many actors of the compared machines are alive in the store. */
  readonly actors: number
  /** How many could not be read. */
  readonly unread: number
  readonly touched: readonly TouchedActor[]
}

export async function touchedActors(
  store: Store,
  values: Store,
  machines: readonly MachineDifference[],
  logic: string | undefined,
): Promise<TouchedActors> {
  let [actors, unread] = [0, 0]
  const touched: TouchedActor[] = []
  for await (const actor of storedActors(store, values)) {
    if (actor === undefined) unread++
    const machine = actor && machineOf(actor, machines, logic)
    if (actor === undefined || machine === undefined) continue
    actors++
    touched.push(...touchedIn(actor, actor.frame.snapshot, { machine, machines, inside: [] }))
  }
  return { actors, unread, touched }
}

function machineOf(
  { head }: StoredActor,
  machines: readonly MachineDifference[],
  logic: string | undefined,
): MachineDifference | undefined {
  if (head.status === 'done' || head.status === 'stopped') return undefined
  if (logic !== undefined) return head.logic === logic ? machines.find(({ old }) => old !== undefined) : undefined
  return machines.find(({ old }) => old?.structure !== undefined && old.structure === head.hash)
}

interface Place {
  readonly machine: MachineDifference
  readonly machines: readonly MachineDifference[]
  readonly inside: readonly string[]
}

function touchedIn(actor: StoredActor, snapshot: SnapshotFrame, place: Place): TouchedActor[] {
  if (!isMachineFrame(snapshot)) return []
  return [...touchOf(actor, snapshot, place), ...touchedBelow(actor, snapshot, place)]
}

function touchOf({ path, head }: StoredActor, snapshot: MachineFrame, { machine, inside }: Place): TouchedActor[] {
  const { name, changes, now } = machine
  const touch = affectedBy({ isSame: changes.length === 0, changes }, snapshot.value)
  const isGone = now === undefined
  const missing = now?.machine === undefined ? [] : missingStates(now.machine, ownStates(snapshot))
  if (touch === undefined && missing.length === 0 && !isGone) return []
  const isLost = isGone || touch === undefined || (missing.length > 0 && touch.how !== 'renamed')
  // Where the new machine is at hand, it says better than the kinds of its states what can be restored.
  const isRestored = touch?.how === 'lost' && now?.machine !== undefined && missing.length === 0
  const how = isLost ? 'lost' : isRestored ? 'changed' : touch.how
  const where = inside.length === 0 ? {} : { inside: inside.join('/') }
  const state = stateLine(snapshot.value)
  return [{ path, ...where, logic: head.logic, machine: name, state, how, missing, changes: touch?.changes ?? [] }]
}

/** What is inside of it is told for itself, where its machine is known. */
function ownStates(snapshot: MachineFrame): PersistedStates {
  return { ...(toPersisted(snapshot) as PersistedStates), children: {} }
}

function touchedBelow(actor: StoredActor, { children = {} }: MachineFrame, place: Place): TouchedActor[] {
  const { machine, machines, inside } = place
  const around = machine.old?.machine
  if (around === undefined) return []
  return Object.entries(children).flatMap(([id, child]) => {
    const logic = actorLogic(around, child.src)
    const known = machines.find(({ old }) => old?.machine !== undefined && old.machine === logic)
    return known === undefined
      ? []
      : touchedIn(actor, child.snapshot, { machine: known, machines, inside: [...inside, id] })
  })
}
