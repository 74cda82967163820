/**
 * The process that the supervision suite kills: a tree of supervisors on a LevelDB folder, and a driver that notes in the
 * ledger what it asks for, what it is told and what it sees. It judges nothing. Arguments, as JSON: see `ChildArguments`.
 */
import { setTimeout as pause } from 'node:timers/promises'
import {
  createSystem,
  deleteChild,
  isRosciusError,
  restartChild,
  type SystemEvent,
  startChild,
  systemClock,
  terminateChild,
} from 'roscius'
import { levelStore } from 'roscius/level'
import { seededRandom } from 'roscius/testing'
import { Ledger, type Line, readLedger } from './ledger.js'
import { Outside } from './outside.js'
import { actorsIn, examineStore, isAtRest, readRest, type TreeSystem } from './picture.js'
import { type Lane, lanesOf, type Step } from './steps.js'
import { ROOT, treeLogic } from './tree.js'

export interface ChildArguments {
  readonly folder: string
  readonly ledger: string
  readonly seed: number
  readonly life: number
  /** Whether to ask for new things, or to bring all to rest and to look at it. */
  readonly mode: 'storm' | 'rest'
}

/** Steps asked for in one life; then timers and backoffs go on alone. */
const STEPS = 400
const REST_DEADLINE_MS = 20_000
/** What supervision tells of itself: it shows what a storm was made of. */
const TOLD: ReadonlySet<string> = new Set([
  'childRestarted',
  'childBackingOff',
  'groupRestarting',
  'intensityExceeded',
  'actorCancelled',
])

const { folder, ledger: path, seed, life, mode } = JSON.parse(process.argv[2] as string) as ChildArguments
const before = readLedger(path)
const ledger = new Ledger(path)
const clock = systemClock()
const outside = new Outside(ledger, clock, life, before)
const random = seededRandom(`${seed} life ${life}`)

ledger.write({ t: 'life', life })
const system: TreeSystem = await createSystem({
  name: 'tree',
  store: folder,
  logic: treeLogic(outside, clock),
  logger: () => {},
  onRootFailure: (error) => outside.complain('root', `the root failed: ${String(error)}`),
})
system.on(hear)
await system.settled()
await takePicture(false)
await system.spawn('root', { id: ROOT, ifExists: 'use' })
process.stdout.write('ready\n')
// Sent before anything new, so that nothing overtakes it.
const again = Promise.all(unfinished(before).map(({ n, step }) => answer(n, step)))
if (mode === 'storm') await storm()
else await again.then(rest)

function hear(event: SystemEvent): void {
  if (event.type === 'halted' || event.type === 'actorQuarantined')
    outside.complain('failure', `${event.type}: ${event.error.message}`)
  if (event.type === 'childFailed' && !isMeant(event.error))
    outside.complain('failure', `${event.path} failed: ${String(event.error)}`)
  if (!TOLD.has(event.type) || !('path' in event) || event.path === undefined) return
  const delayMs = event.type === 'childBackingOff' ? event.delayMs : undefined
  ledger.write({ t: 'told', event: event.type, path: event.path, delayMs })
}

/** Failures that this suite brings about, and what they lead to. */
function isMeant(error: unknown): boolean {
  const codes = ['INTENSITY_EXCEEDED', 'CHILD_ESCALATED', 'CHILD_START_FAILED']
  if (isRosciusError(error) && codes.includes(error.code)) return true
  return error instanceof Error && error.message.startsWith('injected')
}

async function storm(): Promise<void> {
  let count = 0
  const run = async (lane: Lane): Promise<void> => {
    while (count < STEPS) {
      const n = `${life}-${++count}`
      const step = lane(n)
      ledger.write({ t: 'asked', n, step })
      await answer(n, step)
    }
  }
  await Promise.all(lanesOf(random, life).map(run))
  await pause(60_000)
}

async function answer(n: string, step: Step): Promise<void> {
  const given = await take(n, step).then(() => 'ok', describe)
  ledger.write({ t: 'answered', n, answer: given })
}

function describe(error: unknown): string {
  if (!isRosciusError(error)) return String(error)
  const { reason } = (error.details ?? {}) as { readonly reason?: string }
  return reason === undefined ? error.code : `${error.code} ${reason}`
}

async function take(n: string, step: Step): Promise<void> {
  const { path } = step
  const cut = path.lastIndexOf('/')
  const parent = system.actor('pool', path.slice(0, cut))
  const id = path.slice(cut + 1)
  switch (step.kind) {
    case 'tell':
      await system.actor('leaf', path).deliver(step.event, { idempotencyKey: n })
      return
    case 'start':
      await startChild(parent, { id, logic: step.logic, restart: step.restart })
      return
    case 'terminate':
      return terminateChild(parent, id)
    case 'restart':
      return restartChild(parent, id)
    case 'delete':
      return deleteChild(parent, id)
    case 'cancel':
      return system.actor('squad', path).cancel({ deadlineMs: 50 })
    case 'stop':
      return system.actor('squad', path).stop()
  }
}

/** Mail that has not been answered is sent again under its old key; commands are not repeatable. */
function unfinished(lines: readonly Line[]): { readonly n: string; readonly step: Step }[] {
  const open = new Map<string, Step>()
  for (const line of lines) {
    if (line.t === 'asked' && line.step.kind === 'tell') open.set(line.n, line.step)
    if (line.t === 'answered') open.delete(line.n)
  }
  return [...open].map(([n, step]) => ({ n, step }))
}

// --- what is there ---

async function takePicture(isQuiet: boolean): Promise<void> {
  ledger.write({ t: 'picture', life, isAtRest: isQuiet, actors: actorsIn(await system.tree()) })
}

/** Waits until nothing is to be waited for, then writes down what is there. */
async function rest(): Promise<void> {
  const deadline = clock.now() + REST_DEADLINE_MS
  for (;;) {
    await system.settled()
    if (await isAtRest(system, actorsIn(await system.tree()))) break
    if (clock.now() > deadline) {
      outside.complain('rest', `not at rest after ${REST_DEADLINE_MS} ms:\n${String(await system.tree())}`)
      break
    }
    await pause(20)
  }
  await takePicture(true)
  const seen = await readRest(system)
  await system.stop()
  const store = await levelStore(folder)
  ledger.write({ t: 'rest', rest: { ...seen, ...(await examineStore(store)) } })
  await store.close()
}
