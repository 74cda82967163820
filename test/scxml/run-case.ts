import type { AnyMachineSnapshot } from 'xstate'
import type { Host, Stage } from '../hosts/host.js'
import type { Script, ScxmlCase } from './cases.js'
import { toStateKey } from './content.js'
import { toMachine } from './to-machine.js'

/** The longest delay in the suite is below this. */
const LONGEST_WAIT_MS = 60_000
const STEP_MS = 100

const MAIN = 'main'

/** Runs one case on a host; throws on the first configuration that is not what the case asks for. */
export async function runCase(host: Host, { source, script }: ScxmlCase): Promise<void> {
  const errors: unknown[] = []
  const stage = await host.open({ [MAIN]: toMachine(source) }, { onError: (_, error) => errors.push(error) })
  try {
    await stage.spawn(MAIN)
    if (isSelfChecking(script)) await runToVerdict(stage)
    else await runScript(stage, script)
    if (errors.length > 0) throw errors[0]
  } finally {
    await stage.close()
  }
}

/** The W3C's own cases check themselves: they end in `pass` or in `fail`. */
function isSelfChecking({ initialConfiguration, events }: Script): boolean {
  return events.length === 0 && initialConfiguration[0] === 'pass'
}

async function runToVerdict(stage: Stage): Promise<void> {
  for (let waitedMs = 0; stage.snapshot(MAIN).status === 'active' && waitedMs < LONGEST_WAIT_MS; waitedMs += STEP_MS) {
    await stage.advance(STEP_MS)
  }
  const { status, value } = stage.snapshot(MAIN)
  if (status !== 'done' || !['pass', 'final'].includes(value as string)) {
    throw new Error(`ended ${status} in ${JSON.stringify(value)}`)
  }
}

async function runScript(stage: Stage, { initialConfiguration, events }: Script): Promise<void> {
  if (!expectsVerdict(events)) expectConfiguration(stage.snapshot(MAIN), initialConfiguration)
  for (const { after, event, nextConfiguration } of events) {
    if (after) await stage.advance(after)
    if (stage.snapshot(MAIN).status === 'active') await stage.send(MAIN, { type: event.name })
    expectConfiguration(stage.snapshot(MAIN), nextConfiguration)
  }
}

/** A self-checking case that waits for a timer names the configuration of a slower clock as its first one. */
function expectsVerdict(events: Script['events']): boolean {
  return events.at(-1)?.nextConfiguration[0] === 'pass'
}

function expectConfiguration(snapshot: AnyMachineSnapshot, expected: readonly string[]): void {
  const active = new Set(activeIds(snapshot))
  const missing = expected.map(toStateKey).filter((id) => !active.has(id))
  if (missing.length > 0) throw new Error(`not in ${missing.join(', ')} but in ${JSON.stringify(snapshot.value)}`)
}

function activeIds({ machine, value, context }: AnyMachineSnapshot): string[] {
  return machine.resolveState({ value, context })._nodes.map(({ id }) => id)
}
