/**
 * Sends a million events to a peer that takes nothing, or isn't there, while a local actor goes on; then prints what became of
 * them, and what it cost.
 *
 * Arguments: the address of the peer, `stalled` or `absent`, and how many events.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { createSystem, isRosciusError, memoryStore } from 'roscius'
import { assign, enqueueActions, setup } from 'xstate'
import { KEYS } from './wire/keys.js'

export interface StalledReport {
  readonly accepted: number
  readonly refused: number
  /** Turns of the local actor: one for each round of sends. */
  readonly turns: number
  readonly rounds: number
  readonly outbox: { readonly count: number; readonly bytes: number }
  readonly state: string
  readonly lettersOfUnits: number
  readonly maxRssBytes: number
}

const ROUND = 10_000
const PAYLOAD = 'x'.repeat(171)
const LETTERS = 500
const [address, mode, total] = process.argv.slice(2) as [string, 'stalled' | 'absent', string]

const counter = setup({
  types: { context: {} as { n: number }, events: {} as { type: 'ADD' } | { type: 'FILL'; text: string } },
}).createMachine({
  context: { n: 0 },
  on: { ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
})
/** Sends from inside a transition. */
const flooder = setup({
  types: {
    context: {} as { to: { send(event: { type: 'FILL'; text: string }): void } },
    input: {} as { to: never },
    events: {} as { type: 'FLOOD' },
  },
}).createMachine({
  context: ({ input }) => ({ to: input.to }),
  on: {
    FLOOD: {
      actions: enqueueActions(({ enqueue, context }) => {
        for (let n = 0; n < 100; n++) enqueue.sendTo(context.to as never, { type: 'FILL', text: PAYLOAD } as never)
      }),
    },
  },
})

const system = await createSystem({
  name: 'a',
  store: memoryStore(),
  logic: { counter, flooder },
  peers: { b: address },
  auth: { keys: KEYS },
  deadLetters: { maxCount: LETTERS },
})
const there = system.actor('counter', 'roscius://b/counter')
const here = await system.spawn('counter', { id: 'here' })
while (mode === 'stalled' && system.peer('b').figures()?.state !== 'up') await turn()

let refused = 0
let rounds = 0
for (let sent = 0; sent < Number(total); sent += ROUND) {
  for (let n = 0; n < ROUND; n++) send()
  await here.deliver({ type: 'ADD' })
  rounds += 1
}
const flood = await system.spawn('flooder', { id: 'flooder', input: { to: there as never } })
for (let n = 0; n < 20; n++) await flood.deliver({ type: 'FLOOD' })
let letters = 0
for await (const { reason } of system.deadLetters.list()) if (reason === 'outboxFull') letters += 1

const { outbox, state } = system.peer('b').figures()!
const report: StalledReport = {
  accepted: Number(total) - refused,
  refused,
  turns: here.getSnapshot().context.n,
  rounds,
  outbox,
  state,
  lettersOfUnits: letters,
  maxRssBytes: process.resourceUsage().maxRSS * 1_024,
}
console.log(JSON.stringify(report))
process.exit(0)

function send(): void {
  try {
    there.send({ type: 'FILL', text: PAYLOAD })
  } catch (error) {
    if (!isRosciusError(error, 'OUTBOX_FULL')) throw error
    refused += 1
  }
}
