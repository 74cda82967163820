/** Agents as threads of one graph with one node: the steps, and the crash. */
import { appendFileSync } from 'node:fs'
import { type BaseCheckpointSaver, END, START, StateGraph } from '@langchain/langgraph'
import type { Opened } from '../site.js'
import { type CrashService, type CrashStep, effectsIn } from '../works/crash.js'
import { loading, type StepService } from '../works/step.js'
import { agentAt, openSaver, type Tuned } from './saver.js'
import { Agent } from './state.js'

export async function openSteps({ durability, ...saved }: Tuned): Promise<StepService> {
  const saving = await openSaver(saved)
  const graph = agentGraph(saving.checkpointer)
  return {
    calls: loading(async (agent, message) => (await graph.invoke({ message }, agentAt(agent, durability))).count),
    [Symbol.asyncDispose]: () => saving[Symbol.asyncDispose](),
  }
}

export async function openCrash({ folder }: Opened): Promise<CrashService> {
  const saving = await openSaver({ folder, synchronous: 'full' })
  const path = effectsIn(folder)
  const graph = agentGraph(saving.checkpointer, (message) => appendFileSync(path, `${message}\n`))
  return {
    calls: {
      step: async (step) => (await graph.invoke(await inputOf(graph, step), agentAt(step.agent))).count,
      state: async (agent) => {
        const { count = 0, last = [] } = (await graph.getState(agentAt(agent))).values
        return { count, last }
      },
    },
    [Symbol.asyncDispose]: () => saving[Symbol.asyncDispose](),
  }
}

type AgentGraph = ReturnType<typeof agentGraph>

function agentGraph(checkpointer: BaseCheckpointSaver, effect: (message: string) => void = () => undefined) {
  return new StateGraph(Agent)
    .addNode('keep', ({ message }) => {
      effect(message)
      return { count: 1, last: [message] }
    })
    .addEdge(START, 'keep')
    .addEdge('keep', END)
    .compile({ checkpointer })
}

/**
 * A run that the crash interrupted goes on where it was, without an input; one that left nothing to do is started again. `next`
 * would leave out a node that was done, but whose step wasn't.
 */
async function inputOf(graph: AgentGraph, { agent, message, isAgain }: CrashStep): Promise<{ message: string } | null> {
  const isInterrupted = isAgain && (await graph.getState(agentAt(agent))).tasks.length > 0
  return isInterrupted ? null : { message }
}
