/** Agents as rows: each message is handled by a workflow that is known by it, in which a step keeps the agent's new state. */
import { appendFileSync } from 'node:fs'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { type CrashService, effectsIn } from '../works/crash.js'
import { loading, type Step, type StepService } from '../works/step.js'
import { connect, launch, type OpenedCluster } from './launch.js'
import { States } from './states.js'

export async function openSteps({ url }: OpenedCluster): Promise<StepService> {
  const { step, end } = await openAgents(url, (_, keep) => keep())
  return { calls: loading(step), [Symbol.asyncDispose]: end }
}

/** A message that is sent again finds its workflow: finished, or recovered and under way. */
export async function openCrash({ url, folder }: OpenedCluster): Promise<CrashService> {
  const path = effectsIn(folder)
  const effect = async (message: string): Promise<void> => appendFileSync(path, `${message}\n`)
  const { states, step, end } = await openAgents(url, async (message, keep) => {
    await DBOS.runStep(() => effect(message), { name: 'effect' })
    return await keep()
  })
  return {
    calls: {
      step: ({ agent, message }) => step(agent, message),
      state: (agent) => states.of(agent),
    },
    [Symbol.asyncDispose]: end,
  }
}

/** What the workflow of a message does; `keep` is the step that ends it. */
type Handler = (message: string, keep: () => Promise<number>) => Promise<number>

/** How often a workflow that runs elsewhere, as a recovered one does, is looked at. */
const POLLING = { pollingIntervalMs: 10 }

async function openAgents(url: string, handler: Handler) {
  const pool = connect(url)
  const states = new States(pool)
  await states.create()
  const handle = DBOS.registerWorkflow(
    (agent: number, message: string) =>
      handler(message, () => DBOS.runStep(() => states.keep(agent, message, message), { name: 'keep' })),
    { name: 'handle' },
  )
  const dbos = await launch(url, pool)
  const step: Step = async (agent, message) => {
    const handling = await DBOS.startWorkflow(handle, { workflowID: message })(agent, message)
    return await handling.getResult(POLLING)
  }
  return { states, step, end: () => dbos[Symbol.asyncDispose]() }
}
