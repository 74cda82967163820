/** One actor as it is now, gathered from the roster, its explanation, its machine and what waits for it. */
import { type ActorPath, formatAddress } from '../../core/address.js'
import type { Explanation, Wait } from '../../core/explanation.js'
import { durationText } from '../../runtime/phrases.js'
import { stateIdsOf } from '../definition/definition.js'
import { stateLine } from '../definition/state-line.js'
import { type Machines, machineIn } from './machines.js'
import type { Roster } from './roster.js'
import type { ActorDetail, EventLine } from './shapes.js'
import type { Shown } from './shown.js'
import { actorAt, type WatchedActor, type WatchedSystem } from './watched-system.js'

const MAX_CHILDREN = 200
const MAX_WAITING = 100
const MAX_TROUBLE = 1_000

export class ActorDetails {
  constructor(
    private readonly system: WatchedSystem,
    private readonly roster: Roster,
    private readonly machines: Machines,
    private readonly shown: Shown,
  ) {}

  /**
   * `undefined`: there is no such actor. `first`: its oldest record that is kept, where that is known already. Throws what
   * explaining it throws.
   */
  async of(path: ActorPath, first?: number): Promise<ActorDetail | undefined> {
    const { system, roster, machines } = this
    const entry = roster.entry(path)
    const row = roster.row(path)
    if (entry === undefined || row === undefined) return undefined
    const ref = actorAt(system, path)
    const explanation = ref.explain()
    const snapshot = snapshotOf(ref)
    const machine = machineIn(snapshot)
    const { rows: children, total } = roster.childrenOf(path, MAX_CHILDREN)
    const trouble = this.#troubleOf(explanation)
    return {
      row,
      address: formatAddress(system.name, path),
      ...(machine?.version !== undefined && { version: machine.version }),
      ...(machine !== undefined && { chart: machines.hash(machine) }),
      active: machine === undefined ? [] : stateIdsOf(machine, explanation.position?.value),
      lastTransitions: machines.idsOf(machine, entry.transitions),
      timers: timersOf(explanation),
      effects: effectsOf(explanation.waitsFor, this.shown),
      stash: await this.#lines(ref.stashed(MAX_WAITING)),
      mailbox: await this.#lines(ref.mailbox(MAX_WAITING)),
      inner: innerOf(explanation.waitsFor),
      children,
      childCount: total,
      ...(trouble !== undefined && { trouble }),
      journal: await journalOf(ref, explanation, first),
      can: possible(explanation),
    }
  }

  /** Of an actor that has ended, or is gone meanwhile, nothing waits. */
  async #lines(waiting: ReturnType<WatchedActor['mailbox']>): Promise<EventLine[]> {
    const events = await waiting.catch(() => [])
    return events.map(({ event }) => this.shown.event(event))
  }

  #troubleOf(explanation: Explanation): string | undefined {
    const { shown } = this
    const { failure, failures, quarantine, waitsFor, status } = explanation
    if (quarantine !== undefined) return shown.text(quarantine.message, MAX_TROUBLE)
    if (status === 'failed' && failure !== undefined)
      return `It failed on ${shown.type(failure.event)}: ${shown.error(failure.error, MAX_TROUBLE)}`
    const [reason] = waitsFor.flatMap((wait) => this.#waitText(wait, failures?.last?.error) ?? [])
    return reason
  }

  /** What it waits for that nobody has planned. */
  #waitText(wait: Wait, error: string | undefined): string | undefined {
    const { shown } = this
    if (wait.kind === 'pause') {
      const by = wait.by === undefined ? '' : ` by ${shown.text(wait.by)}`
      return `It was paused${by}${wait.reason === undefined ? '' : `: ${shown.text(wait.reason, MAX_TROUBLE)}`}.`
    }
    if (wait.kind === 'restart') {
      const when = wait.dueInMs === undefined ? '' : `, due in ${durationText(Math.max(0, wait.dueInMs))}`
      return `It waits for its restart${when}${error === undefined ? '' : `: ${shown.text(error, MAX_TROUBLE)}`}`
    }
    if (wait.kind === 'ending') return `It is being ended (${wait.reason}), with ${wait.of}.`
    return wait.kind === 'suspension' ? `${wait.of} stops its children for a restart.` : undefined
  }
}

/** Of one that can't be restored there is none. */
function snapshotOf(ref: WatchedActor): object | undefined {
  try {
    return ref.getSnapshot()
  } catch {
    return undefined
  }
}

function timersOf({ waitsFor, time }: Explanation): ActorDetail['timers'] {
  return waitsFor.flatMap((wait) => {
    if (wait.kind !== 'timer') return []
    const { event, dueInMs, delay, state } = wait
    return [
      { event, dueMs: time + dueInMs, ...(delay !== undefined && { delay }), ...(state !== undefined && { state }) },
    ]
  })
}

function effectsOf(waits: readonly Wait[], shown: Shown): ActorDetail['effects'] {
  return waits.flatMap((wait) => {
    if (wait.kind !== 'effect') return []
    const { id, src, effectId, attempt, status, settles } = wait
    return [{ id: shown.word(id), src: shown.word(src), effectId, attempt, status, settles }]
  })
}

function innerOf(waits: readonly Wait[]): ActorDetail['inner'] {
  return waits.flatMap((wait) => {
    if (wait.kind !== 'child') return []
    const { id, src, value } = wait
    return [{ id, src, state: value === undefined ? '' : stateLine(value) }]
  })
}

async function journalOf(
  ref: WatchedActor,
  { durability, seqNr }: Explanation,
  first: number | undefined,
): Promise<ActorDetail['journal']> {
  if (durability === 'volatile' || seqNr === 0) return undefined
  const oldest = first ?? (await oldestOf(ref))
  return oldest === undefined ? undefined : { first: oldest, last: seqNr }
}

async function oldestOf(ref: WatchedActor): Promise<number | undefined> {
  try {
    for await (const { seqNr } of ref.journal()) return seqNr
  } catch {
    // Its records are damaged: there is none to go to.
  }
  return undefined
}

function possible({ status, waitsFor }: Explanation): ActorDetail['can'] {
  const isAlive = status === 'active' || status === 'restarting' || status === 'starting'
  const isPaused = waitsFor.some(({ kind }) => kind === 'pause')
  return {
    send: isAlive,
    pause: isAlive && !isPaused,
    resume: isPaused,
    restart: isAlive || status === 'failed',
    cancel: isAlive,
  }
}
