/**
 * One node of a plan as a process of its own, on a LevelDB folder; it is there to be killed. It notes in its ledger what its
 * actors do, judges nothing, and says when it is up, and when it has written down what is there. Arguments, as JSON: see
 * `NodeArguments`. It is told by lines on its input: `rest` to write that down, and to stop.
 */
import { createInterface } from 'node:readline'
import { createSystem, systemClock } from 'roscius'
import { type NetworkSystem, networkLogic } from '../actors/logic.js'
import { Inhabitants } from '../inhabitants.js'
import { FileLedger } from '../ledger.js'
import { PATIENT_LINKS, SHARED_KEYS } from '../links.js'
import type { Plan } from '../plan.js'
import { Scribe } from '../scribe.js'

export interface NodeArguments {
  readonly name: string
  readonly plan: Plan
  readonly folder: string
  readonly ledger: string
  readonly life: number
  readonly host: string
  readonly port: number
  /** Where it reaches the others, as `host:port` by name. */
  readonly peers: Readonly<Record<string, string>>
  /** Whether there are only to be those who are written to. */
  readonly isFounding: boolean
}

export interface NodeLine {
  readonly t: 'up' | 'rested'
}

const { name, plan, folder, ledger, life, host, port, peers, isFounding } = JSON.parse(
  process.argv[2] as string,
) as NodeArguments
const say = (line: NodeLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const scribe = new Scribe(new FileLedger(ledger), name, life, systemClock())

scribe.note({ t: 'life' })
const system: NetworkSystem = await createSystem({
  name,
  store: folder,
  logic: networkLogic(scribe),
  logger: () => {},
  listen: { port, host },
  auth: { keys: SHARED_KEYS },
  peers: Object.fromEntries(
    Object.entries(peers).map(([peer, address]) => [peer, { address: `ws://${address}`, allow: 'everything' }]),
  ),
  links: PATIENT_LINKS,
})
const inhabitants = new Inhabitants(system, plan, name, scribe)
await inhabitants.settle()
if (!isFounding) await inhabitants.begin()
say({ t: 'up' })

for await (const word of createInterface({ input: process.stdin })) {
  if (word !== 'rest') continue
  scribe.note({ t: 'rest', rest: await inhabitants.rest() })
  inhabitants.end()
  await system.stop()
  say({ t: 'rested' })
  process.exit(0)
}
// Whoever started it is gone.
process.exit(1)
