/**
 * The process that the crash suite kills: a system on a LevelDB folder, and a driver that notes in the ledger what it asks
 * for and what was acknowledged. Arguments, as JSON: see `ChildArguments`.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { createSystem, systemClock } from 'roscius'
import { levelStore } from 'roscius/level'
import { seededRandom } from 'roscius/testing'
import { groupBy } from '../society/group.js'
import { faultsInCut, faultsInJournals, leftovers, readAccounts, type SocietySystem } from '../society/observation.js'
import { type LogicName, type Named, RELAY, START_BALANCE, type Step, TALLY } from '../society/script.js'
import { societyLogic } from '../society/society.js'
import { Ledger, LedgerOutside, type Line, readLedger } from './ledger.js'
import { population, randomStep } from './population.js'

export interface ChildArguments {
  readonly folder: string
  readonly ledger: string
  readonly seed: number
  readonly life: number
  /** Whether to ask for new things, or to bring all to rest and to look at it. */
  readonly mode: 'storm' | 'rest'
}

/** Steps asked for in one life; when they are done, timers and effects go on alone. */
const STEPS = 600
const CLIENTS = 24
const REST_DEADLINE_MS = 30_000

const { folder, ledger: path, seed, life, mode } = JSON.parse(process.argv[2] as string) as ChildArguments
const before = readLedger(path)
const ledger = new Ledger(path)
const outside = new LedgerOutside(ledger, life)
const clock = systemClock()
const random = seededRandom(`${seed} life ${life}`)

const breach = (invariant: string, message: string): void => ledger.write({ t: 'breach', invariant, message, life })

ledger.write({ t: 'life', life })
const system: SocietySystem = await createSystem({ name: 'storm', store: folder, logic: societyLogic(outside, clock) })
system.on((event) => {
  if (event.type === 'outcomeUnknown') ledger.write({ t: 'unknown', effectId: event.effectId })
  // Also one that is mended: nobody here may fail.
  if (event.type === 'actorFailed' || event.type === 'childFailed')
    breach('failure', `${event.path} failed: ${String(event.error)}`)
  if (event.type === 'actorQuarantined') breach('failure', `${event.path} is quarantined: ${event.error.message}`)
  if (event.type === 'halted') breach('failure', `the system halted: ${event.error.message}`)
})
for (const fault of faultsInCut(await readAccounts(system), START_BALANCE)) breach('I1', fault)
await examineAcknowledged(acknowledgedIn(before, mode === 'rest' ? 0 : life - 1))
for (const step of population) await take(step)
process.stdout.write('ready\n')
await Promise.all(unfinished(before).map(({ n, step }) => acknowledge(n, step)))
if (mode === 'storm') await storm()
else await rest()

async function storm(): Promise<void> {
  let count = 0
  const client = async (): Promise<void> => {
    while (count < STEPS) {
      const n = `${life}-${++count}`
      const step = randomStep(random, n)
      ledger.write({ t: 'asked', n, step })
      await acknowledge(n, step)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  await pause(60_000)
}

async function acknowledge(n: string, step: Step): Promise<void> {
  const seqNr = await take(step)
  ledger.write({ t: 'acknowledged', n, seqNr })
}

/** Does a step; answers the sequence number of a delivery. */
async function take(step: Step): Promise<number | undefined> {
  switch (step.kind) {
    case 'spawn': {
      await system.spawn(step.who.logic, { id: step.who.id, input: resolve(step.input), ifExists: 'use' } as never)
      return undefined
    }
    case 'deliver': {
      const ref = system.actor(step.to.logic, step.to.id)
      return (await ref.deliver(resolve(step.event) as never, { idempotencyKey: step.key })).seqNr
    }
    case 'relay': {
      const to = system.actor('tally', TALLY.id)
      const ask = (replyTo: unknown) => ({ type: 'RELAY', label: step.label, to, replyTo }) as never
      await system.actor('relay', RELAY.id).ask(ask, { timeoutMs: 60_000 })
      return undefined
    }
    case 'wait':
      return undefined
  }
}

function resolve<T extends Readonly<Record<string, unknown>>>(fields: T): T {
  const entries = Object.entries(fields).map(([field, value]) => {
    if (field === 'at' && value === 'now') return [field, clock.now()]
    return [field, isNamed(value) ? system.actor(value.logic, value.id) : value]
  })
  return Object.fromEntries(entries) as T
}

function isNamed(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && 'logic' in value && 'id' in value
}

// --- what the ledger says of earlier lives ---

interface Acknowledged {
  readonly to: Named
  readonly key: string
  readonly seqNr: number
}

function unfinished(lines: readonly Line[]): { readonly n: string; readonly step: Step }[] {
  const open = new Map<string, Step>()
  for (const line of lines) {
    if (line.t === 'asked') open.set(line.n, line.step)
    if (line.t === 'acknowledged') open.delete(line.n)
  }
  return [...open].map(([n, step]) => ({ n, step }))
}

/** Deliveries acknowledged from a life on. */
function acknowledgedIn(lines: readonly Line[], from: number): Acknowledged[] {
  const steps = new Map<string, Step>()
  const found: Acknowledged[] = []
  let current = 0
  for (const line of lines) {
    if (line.t === 'life') current = line.life
    if (line.t === 'asked') steps.set(line.n, line.step)
    const step = line.t === 'acknowledged' ? steps.get(line.n) : undefined
    if (line.t !== 'acknowledged' || step?.kind !== 'deliver' || line.seqNr === undefined || current < from) continue
    found.push({ to: step.to, key: step.key, seqNr: line.seqNr })
  }
  return found
}

/** What was acknowledged is in the journals, where it was said to be (I2). */
async function examineAcknowledged(acknowledged: readonly Acknowledged[]): Promise<void> {
  const byActor = groupBy(acknowledged, ({ to }) => to.id)
  for (const [id, expected] of byActor) {
    const from = Math.min(...expected.map(({ seqNr }) => seqNr))
    const keys = new Map<string, number>()
    for await (const record of system.actor(expected[0]!.to.logic, id).journal({ from })) {
      if (record.key !== undefined) keys.set(record.key, record.seqNr)
    }
    for (const { key, seqNr } of expected) {
      if (keys.get(key) !== seqNr)
        breach('I2', `${id} acknowledged ${key} as ${seqNr}, its journal says ${keys.get(key)}`)
    }
  }
}

// --- the end ---

/** Waits until nothing is to be waited for, then prints what is there, for the suite to compare with the ledger. */
async function rest(): Promise<void> {
  const deadline = clock.now() + REST_DEADLINE_MS
  for (;;) {
    await system.settled()
    if (await isAtRest()) break
    if (clock.now() > deadline) return breach('I6', `not at rest after ${REST_DEADLINE_MS} ms`)
    await pause(20)
  }
  for (const fault of faultsInCut(await readAccounts(system), START_BALANCE, true)) breach('I3', fault)
  for (const fault of await faultsInJournals(system)) breach('I1', fault)
  const contexts: Record<string, unknown> = {}
  for await (const { path, logic, durability } of system.actors()) {
    if (durability === 'volatile') continue
    const { context } = system.actor(logic as LogicName, path).getSnapshot() as { context: object }
    contexts[path] = { ...context, last: undefined, buddy: undefined, tally: undefined, oracle: undefined }
  }
  await system.stop()
  const store = await levelStore(folder)
  const left = await leftovers(store)
  await store.close()
  if (left.length > 0) breach('I1', `a settled store still holds ${left.slice(0, 10).join(', ')}`)
  await new Promise<void>((done) => process.stdout.write(`${JSON.stringify(contexts)}\n`, () => done()))
}

async function isAtRest(): Promise<boolean> {
  for (const { who } of population) {
    const { logic, id } = who
    if (logic !== 'sleeper' && logic !== 'dozer' && logic !== 'nest') continue
    const { value } = system.actor(logic, id).getSnapshot() as { value: unknown }
    if (value !== 'awake' && value !== 'empty') return false
  }
  return true
}
