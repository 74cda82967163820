/** One actor of a store that no system has open: all but its context. */
import type { ActorDetail, ActorRow } from '../../control/protocol/actors.js'
import type { EventLine } from '../../control/protocol/common.js'
import { type ActorPath, formatAddress, parentOf } from '../../core/address.js'
import type { Pause } from '../../core/operator-orders.js'
import { stateLine } from '../../inspect/definition/state-line.js'
import { innerChildren, runningEffects, sourceName } from '../../inspect/history/frames.js'
import type { Loaded } from '../../persistence/journal.js'
import { NO_REFS } from '../../persistence/storable.js'
import { mailOf, stashOf } from '../../runtime/waiting-mail.js'
import { type Frame, isMachineFrame } from '../../runtime/xstate/frame.js'
import { storedEntries } from './stored-entries.js'
import { noActor, type StoreSight } from './stored-sight.js'

const MAX_CHILDREN = 200
const MAX_WAITING = 100
const MAX_TROUBLE = 1_000
/** Nobody is there to be told. */
const NO_ORDERS = { send: false, pause: false, resume: false, restart: false, cancel: false }

/** Rejects with `ACTOR_NOT_FOUND`. */
export async function storedDetail(path: ActorPath, sight: StoreSight): Promise<ActorDetail> {
  const entries = await storedEntries(sight, (other) => other === path || parentOf(other) === path)
  const entry = entries.get(path)
  if (entry === undefined) throw noActor(path, sight.folder)
  const children = [...entries.values()].filter((one) => one !== entry)
  const row = entry.row(sight)
  const loaded = loadedOf(path, sight)
  const journal = loaded && (await sight.journal.kept(path))
  return {
    row,
    address: formatAddress(sight.name, path),
    ...(loaded?.head.version !== undefined && { version: loaded.head.version }),
    active: [],
    lastTransitions: [],
    ...inside(loaded?.frame as Frame | undefined, row),
    ...(await waiting(path, row, sight)),
    children: children
      .sort((a, b) => a.order - b.order || (a.path < b.path ? -1 : 1))
      .slice(0, MAX_CHILDREN)
      .map((child) => child.row(sight)),
    childCount: children.length,
    ...troubleOf(row, loaded, sight),
    ...(journal !== undefined && { journal }),
    can: NO_ORDERS,
  }
}

/** Of one that is damaged, or starts only now, there is none. */
export function loadedOf(path: ActorPath, { journal }: Pick<StoreSight, 'journal'>): Loaded | undefined {
  try {
    return journal.load(path)
  } catch {
    return undefined
  }
}

/** What the next system goes on with. */
function inside(
  frame: Frame | undefined,
  { status, isSupervisor }: ActorRow,
): Pick<ActorDetail, 'timers' | 'effects' | 'inner'> {
  if (frame === undefined || !isAlive(status)) return { timers: [], effects: [], inner: [] }
  // Those of a supervisor are how it keeps its children.
  return { timers: timersOf(frame), effects: isSupervisor ? [] : effectsOf(frame), inner: innerOf(frame) }
}

const isAlive = (status: ActorRow['status']): boolean => status === 'active' || status === 'restarting'

function timersOf({ timers = {}, snapshot }: Frame): ActorDetail['timers'] {
  const states = isMachineFrame(snapshot) ? statePaths(snapshot.value) : []
  const armed = Object.values(timers).sort((a, b) => a.dueMs - b.dueMs || a.arm - b.arm)
  return armed.map(({ event, dueMs }) => ({ event: event.type, dueMs, ...afterOf(event.type, states) }))
}

/** XState's name of an `after` has its delay and the id of its state, which ends with the state's path. */
function afterOf(type: string, states: readonly string[]): { readonly delay?: string; readonly state?: string } {
  const [, delay, id = ''] = /^xstate\.after\.(\d+)\.(.+)$/.exec(type) ?? []
  const state = states.filter((path) => id.endsWith(`.${path}`)).sort((a, b) => b.length - a.length)[0]
  return delay === undefined || state === undefined ? {} : { delay, state }
}

/** Paths of the active states of a state value, outermost first. */
export function statePaths(value: unknown, above = ''): readonly string[] {
  if (typeof value === 'string') return [`${above}${value}`]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [`${above}${key}`, ...statePaths(inner, `${above}${key}.`)])
}

/** Whether one settles, only its logic could tell: most do. */
function effectsOf(frame: Frame): ActorDetail['effects'] {
  const attempts = new Map([...innerChildren(frame.snapshot)].map(({ ids, child }) => [ids.join('/'), child]))
  return runningEffects(frame).map(({ id, src }) => {
    const { session, attempt = 0 } = attempts.get(id) ?? {}
    return { id, src, effectId: session, attempt, status: 'stored', settles: true }
  })
}

function innerOf({ snapshot }: Frame): ActorDetail['inner'] {
  return [...innerChildren(snapshot)].flatMap(({ ids, child }) => {
    const { snapshot: own, src } = child
    if (!isMachineFrame(own) || own.status !== 'active') return []
    return [{ id: ids.join('/'), src: sourceName(src), state: stateLine(own.value) }]
  })
}

async function waiting(
  path: ActorPath,
  { status }: ActorRow,
  { values, codec, journal, shown }: StoreSight,
): Promise<Pick<ActorDetail, 'stash' | 'mailbox'>> {
  const port = { cells: new Map(), journalReader: journal, options: { store: values, codec }, refs: NO_REFS }
  const told = (events: readonly { readonly event: { readonly type: string } }[]): EventLine[] =>
    events.map(({ event }) => shown.event(event))
  const none = () => []
  return {
    stash: isAlive(status) ? told(await stashOf(path, MAX_WAITING, port).catch(none)) : [],
    mailbox: told(await mailOf(path, MAX_WAITING, port).catch(none)),
  }
}

function troubleOf(row: ActorRow, loaded: Loaded | undefined, { shown }: StoreSight): { readonly trouble?: string } {
  const { paused } = (loaded?.frame ?? {}) as Partial<Frame>
  const failure = loaded?.head.failure
  if (row.status === 'failed' && failure !== undefined)
    return { trouble: `It failed on ${shown.type(failure.event.type)}: ${shown.error(failure.error, MAX_TROUBLE)}` }
  if (row.isPaused && paused !== undefined) return { trouble: shown.text(pausedText(paused), MAX_TROUBLE) }
  return row.error === undefined ? {} : { trouble: row.error }
}

/** In the words of a running system. */
function pausedText({ by, reason }: Pause): string {
  return `It was paused${by === undefined ? '' : ` by ${by}`}${reason === undefined ? '' : `: ${reason}`}.`
}
