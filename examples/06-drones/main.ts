/** Four flights over a city, second by second. Time comes from a simulated clock. */
import {
  createSystem,
  memoryStore,
  type RosciusRef,
  startChild,
  supervisor,
  withBudget,
  withPermissions,
} from 'roscius'
import { seededRandom, simulatedClock } from 'roscius/testing'
import { createDroneMachine, type DroneInput, type DroneNews } from './drone.js'
import { ahead, behind, LEGEND, mapText } from './map.js'
import { Air } from './outside.js'

if (process.argv.length > 2) {
  const isAsked = process.argv[2] === '--help'
  const stream = isAsked ? process.stdout : process.stderr
  stream.write('Usage: npm run example -- 06-drones\n\nFlies four drones over a city. It takes no options.\n')
  process.exit(isAsked ? 0 : 2)
}

const DRONES: readonly DroneInput[] = [
  { name: 'kestrel', home: 'A7', goal: 'N7', battery: 60 },
  { name: 'heron', home: 'A8', goal: 'N8', battery: 12 },
  { name: 'swift', home: 'A1', goal: 'N1', battery: 30 },
  { name: 'wren', home: 'N4', goal: 'J3', battery: 30 },
]

const air = new Air()
const clock = simulatedClock()
const drone = createDroneMachine((name) => air.radio(name))
const fleet = supervisor({
  template: { logic: 'drone', restart: 'transient', backoff: { initialMs: 2_000, jitter: 0 } },
})

await using system = await createSystem({
  name: 'city',
  store: memoryStore(),
  logic: { drone, fleet },
  clock,
  random: seededRandom('city'),
})
const tower = await system.spawn('fleet', {
  id: 'fleet',
  ...withPermissions({ scopes: ['map'] }),
  ...withBudget({ toolCalls: 20 }),
})

/** What happens to them from outside, by the second. */
const SCRIPT: Readonly<Record<number, () => void>> = {
  2: () => report('a crane closes K4', 'CLOSED', ['K4']),
  3: () => report('the crane has gone from K4', 'OPENED', ['K4']),
  4: () => report('smoke closes H6, H7, H8', 'CLOSED', ['H6', 'H7', 'H8']),
  6: () => {
    tell('outside', 'swift loses contact')
    air.jam('swift')
  },
}

tellFailures()
process.stdout.write('\nFour drones, and the ways that they have planned\n')
for (const input of DRONES) {
  follow(input.name)
  await startChild(tower, { id: input.name, input })
}
await system.settled()
process.stdout.write(`${mapText(contexts(), ahead)}${LEGEND}\n`)

while (DRONES.some(({ name }) => isFlying(name))) {
  await clock.advance(1_000)
  await system.settled()
  const second = clock.now() / 1_000
  SCRIPT[second]?.()
  await system.settled()
  if (second === 6) process.stdout.write(`\nThe ways ahead of them after 6 s\n${mapText(contexts(), ahead)}`)
}

process.stdout.write(`\nWhere they have flown\n${mapText(contexts(), behind)}`)
for (const { name } of DRONES) {
  const { value, context } = refOf(name).getSnapshot()
  process.stdout.write(
    `   ${name.padEnd(9)}${String(value).padEnd(11)}at ${context.at}, ${context.flown.length} cells, battery ${context.battery}\n`,
  )
}
const calls = system.budget('fleet')?.lines.find(({ dimension }) => dimension === 'toolCalls')
process.stdout.write(`\n   find_path was called ${calls?.settled} times, of ${calls?.limit} that the fleet may.\n\n`)

function refOf(name: string): RosciusRef<typeof drone> {
  return system.actor('drone', `fleet/${name}`)
}

function contexts() {
  return DRONES.map(({ name }) => refOf(name).getSnapshot().context)
}

/** The tower tells every drone that is still in the air. */
function report(text: string, type: 'CLOSED' | 'OPENED', cells: readonly string[]): void {
  tell('outside', text)
  for (const { name } of DRONES) if (isFlying(name)) refOf(name).send({ type, cells })
}

function isFlying(name: string): boolean {
  return refOf(name).getSnapshot().status === 'active'
}

function follow(name: string): void {
  const ref = refOf(name)
  ref.on('*', (news) => tell(name, newsText(news)))
}

function newsText(news: DroneNews): string {
  switch (news.type) {
    case 'planned':
      return `plans a way of ${news.route.length} cells to ${news.route.at(-1)}`
    case 'noWay':
      return 'finds no way'
    case 'lowBattery':
      return `has ${news.battery} cells left, and turns home`
    case 'decided':
      return `may ${news.legal.join(', ')}; decides ${news.decision}: ${news.reason}`
  }
}

function tellFailures(): void {
  system.on((event) => {
    const name = 'path' in event ? (event.path?.split('/').at(-1) ?? '') : ''
    if (event.type === 'childFailed')
      tell('fleet', `takes over ${name}, which has failed (${event.failureClass}): ${event.decision}`)
    if (event.type === 'childBackingOff') tell('fleet', `waits ${event.delayMs / 1_000} s before that`)
    if (event.type === 'childRestarted') tell('fleet', `has ${name} back, from its last good state`)
    if (event.type === 'actorDone') tell(name, `has landed at ${refOf(name).getSnapshot().context.at}`)
  })
}

function tell(who: string, text: string): void {
  process.stdout.write(`   ${String(clock.now() / 1_000).padStart(2)} s  ${who.padEnd(9)}${text}\n`)
}
