/** One of the two processes: the foreman's. It dials the workshop, starts the workers there, and the foreman here. */
import { createSystem, type System } from 'roscius'
import { type ForemanContext, foremanMachine, workerOf } from './foreman.js'
import { linkOptions } from './link.js'
import { type Account, countOf, takeOrders, tell } from './notice.js'
import { workerMachine } from './worker.js'

export const WORKERS = ['ada', 'ben', 'cleo', 'dora'] as const
export const JOBS = 60
/** So often progress is told. */
export const STEP = 15

const logic = { foreman: foremanMachine, worker: workerMachine }
type Office = System<typeof logic>

export async function runOffice(store: string, workshop: string): Promise<void> {
  const system = await createSystem({
    name: 'office',
    store,
    logic,
    peers: { workshop: { address: workshop, allow: { send: [{ paths: ['foreman'], events: ['REPORT'] }] } } },
    ...linkOptions(),
  })
  takeOrders(
    () => accountOf(system),
    () => system.stop(),
  )
  // Every process but the first finds the foreman in its store, and him at work.
  const isFirst = (await countOf(system.actors())) === 0
  tell({ type: 'open', found: isFirst ? 0 : foremanIn(system).getSnapshot().context.reported.length })
  tellOfLink(system)
  if (isFirst) await hire(system)
  tellOfForeman(system)
}

const foremanIn = (system: Office) => system.actor('foreman', 'foreman')

/** May be repeated: who is there already is taken as he is. */
async function hire(system: Office): Promise<void> {
  const workshop = system.peer('workshop')
  const workers = await Promise.all(WORKERS.map((id) => workshop.spawn('worker', { id, ifExists: 'use' })))
  await system.spawn('foreman', { id: 'foreman', input: { workers, jobs: JOBS }, ifExists: 'use' })
  tell({ type: 'hired' })
}

function tellOfLink(system: Office): void {
  let isUp = false
  const look = (state: string | undefined): void => {
    const wasUp = isUp
    isUp = state === 'up' || state === 'degraded'
    if (isUp && !wasUp) tell({ type: 'linkUp', waiting: system.peer('workshop').figures()?.outbox.count ?? 0 })
    if (wasUp && !isUp) tell({ type: 'linkLost' })
  }
  look(system.peer('workshop').figures()?.state)
  system.on((event) => {
    if (event.type === 'nodeDown') tell({ type: 'nodeDown' })
    if (event.type === 'linkChanged') look(event.state)
  })
}

function tellOfForeman(system: Office): void {
  const foreman = foremanIn(system)
  let last: ForemanContext = foreman.getSnapshot().context
  foreman.subscribe(({ value, context }) => {
    if (value === 'broken') tell({ type: 'broken' })
    if (context.away.length === WORKERS.length && last.away.length < WORKERS.length) tell({ type: 'away' })
    if (context.away.length === 0 && last.away.length > 0) tell({ type: 'back' })
    for (let count = last.reported.length + 1; count <= context.reported.length; count++)
      if (count % STEP === 0) tell({ type: 'reported', count })
    last = context
  })
}

async function accountOf(system: Office): Promise<Account> {
  const { handedOut, reported, workers } = foremanIn(system).getSnapshot().context
  const jobsOf = (id: string): readonly number[] => handedOut.filter((job) => workerOf({ workers }, job).id === id)
  const jobs = Object.fromEntries(WORKERS.map((id) => [id, jobsOf(id)]))
  return { jobs, reported, deadLetters: await countOf(system.deadLetters.list()) }
}
