/** The other process: DBOS with an agent that answers, and a queue of what it is told. */
import { DBOS } from '@dbos-inc/dbos-sdk'
import type { Service } from '../../harness/second-process.js'
import { connect, launch } from './launch.js'

export type Far = Awaited<ReturnType<typeof openFar>>

/** The workflow that answers, and the topic of what it is asked. */
export const ANSWERING = 'answering'
/** The workflow of what is told, and its queue. */
export const HEAR = 'hear'
export const TOLD = 'told'
const HOUR_S = 3_600

export async function openFar(url: string) {
  const pool = connect(url)
  let told = 0
  let onTold = (): void => undefined
  const hear = async (_message: string): Promise<void> => {
    told++
    onTold()
  }
  DBOS.registerWorkflow(hear, { name: HEAR })
  const answering = DBOS.registerWorkflow(answer, { name: ANSWERING })
  const dbos = await launch(url, pool)
  await DBOS.registerQueue(TOLD, { minPollingIntervalMs: 10 })
  await DBOS.startWorkflow(answering, { workflowID: ANSWERING })()
  return {
    calls: {
      /** Answers, once that many were told, with how many were. */
      told: (least: number): Promise<number> =>
        new Promise((resolve) => {
          onTold = () => {
            if (told >= least) resolve(told)
          }
          onTold()
        }),
    },
    [Symbol.asyncDispose]: async () => await dbos[Symbol.asyncDispose](),
  } satisfies Service
}

/** An agent that lives as long as its workflow: each answer is an event under its question. */
async function answer(): Promise<void> {
  for (;;) {
    const question = await DBOS.recv<string>(ANSWERING, { timeoutSeconds: HOUR_S })
    if (question !== null) await DBOS.setEvent(question, question)
  }
}
