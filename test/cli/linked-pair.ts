/** Two real systems on LevelDB folders, linked in memory: what the commands are tried on. */
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { createSystem, type MemoryNetwork, memoryTransport, type RosciusRef, type System, watch } from 'roscius'
import { assign, sendTo, setup } from 'xstate'

const counter = setup({
  types: { context: {} as { n: number }, events: {} as { type: 'INC' } },
}).createMachine({
  context: { n: 0 },
  on: { INC: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
})

/** Passes on what it is told, in its own commit. */
const boss = setup({
  types: {
    context: {} as { worker: RosciusRef<typeof counter> },
    input: {} as { worker: RosciusRef<typeof counter> },
    events: {} as { type: 'GO' },
  },
}).createMachine({
  context: ({ input }) => input,
  on: { GO: { actions: sendTo(({ context }) => context.worker, { type: 'INC' }) } },
})

/** Wants to know when the other ends. */
const guard = setup({
  types: {
    context: {} as { target: RosciusRef<typeof counter> },
    input: {} as { target: RosciusRef<typeof counter> },
  },
}).createMachine({ context: ({ input }) => input, entry: watch(({ context }) => context.target) })

const logic = { counter, boss, guard }
export type Linked = System<typeof logic>

export interface Place {
  readonly network: MemoryNetwork
  /** Where the stores are. */
  readonly folder: string
}

interface NodeOptions {
  readonly store?: string
  readonly encryption?: { readonly key: Uint8Array; readonly keyId: string }
}

/** The node `name`, which may be linked with `peer`; its store is in the folder of its name, unless another is given. */
export function openNode(
  { network, folder }: Place,
  name: string,
  peer: string,
  { store = name, encryption }: NodeOptions = {},
): Promise<Linked> {
  return createSystem({
    name,
    store: join(folder, store),
    logic,
    encryption,
    logger: () => {},
    transport: memoryTransport(network, { name }),
    auth: { unauthenticated: 'loopback' },
    peers: { [peer]: { address: `memory://${peer}`, allow: 'everything' } },
  })
}

/** Resolves when it holds, looking after each event of the system. */
export function until(system: Linked, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (holds()) resolve()
    }
    system.on(look)
    look()
  })
}

/** Resolves when the link with that peer is in that state. */
export function linkIs(system: Linked, peer: string, state: string): Promise<void> {
  return until(system, () => system.peer(peer).figures()?.state === state)
}

/** Resolves when the peer has confirmed all that was sent to it. */
export async function allConfirmed(system: Linked, peer: string): Promise<void> {
  while (system.peer(peer).figures()?.outbox.count !== 0) await setImmediate()
}

/** `count` messages of a durable actor of `from` to the actor `c` of `to`, committed. */
export async function passes(from: Linked, to: string, count: number): Promise<void> {
  const worker = from.actor('counter', `roscius://${to}/c`)
  const ref = await from.spawn('boss', { id: 'boss', input: { worker }, ifExists: 'use' })
  for (let n = 0; n < count; n++) await ref.deliver({ type: 'GO' })
}
