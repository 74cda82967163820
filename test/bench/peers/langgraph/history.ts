/** A thread with a history that grows: in a channel as most graphs have it, or in one that keeps what is added. */
import { Annotation, type BaseCheckpointSaver, DeltaChannel, END, START, StateGraph } from '@langchain/langgraph'
import type { Opened } from '../site.js'
import { type GrowingService, growth } from '../works/growing.js'
import { agentAt, type Durability, openSaver } from './saver.js'

type History = readonly string[]

const Whole = Annotation.Root({
  history: Annotation<History>({ reducer: added, default: () => [] }),
  count: Annotation<number>,
})

/**
 * So many updates lie between two checkpoints that hold the whole history. From 10 to 100 a step takes the same: most of its time
 * goes into reading the last whole one, which each step does.
 */
const SNAPSHOT_FREQUENCY = 50

const Added = Annotation.Root({
  history: () =>
    new DeltaChannel<History, History>((history, more) => added(history, more.flat()), {
      snapshotFrequency: SNAPSHOT_FREQUENCY,
    }),
  count: Annotation<number>,
})

function added(history: History, more: History): History {
  return [...history, ...more]
}

/** Each checkpoint holds the whole history. */
export async function openGrowing({ folder }: Opened): Promise<GrowingService> {
  return await opened(folder, 'sync', (checkpointer) =>
    new StateGraph(Whole)
      .addNode('keep', ({ history }) => ({ count: history.length }))
      .addEdge(START, 'keep')
      .addEdge('keep', END)
      .compile({ checkpointer }),
  )
}

/** A checkpoint holds what was added. */
export async function openGrowingByDeltas({ folder }: Opened): Promise<GrowingService> {
  return await opened(folder, 'exit', (checkpointer) =>
    new StateGraph(Added)
      .addNode('keep', ({ history }) => ({ count: history.length }))
      .addEdge(START, 'keep')
      .addEdge('keep', END)
      .compile({ checkpointer }),
  )
}

/** What both graphs are to a caller. */
interface HistoryGraph {
  invoke(input: { history: string[] }, config: ReturnType<typeof agentAt>): Promise<{ count: number }>
  getState(config: ReturnType<typeof agentAt>): Promise<{ values: { history: History } }>
}

async function opened(
  folder: string,
  durability: Durability,
  graphOn: (checkpointer: BaseCheckpointSaver) => HistoryGraph,
): Promise<GrowingService> {
  const saving = await openSaver({ folder, synchronous: 'full' })
  const graph = graphOn(saving.checkpointer)
  const thread = agentAt(0, durability)
  return {
    calls: {
      grow: (steps) => growth(steps, async (message) => (await graph.invoke({ history: [message] }, thread)).count),
      length: async () => (await graph.getState(thread)).values.history.length,
    },
    [Symbol.asyncDispose]: () => saving[Symbol.asyncDispose](),
  }
}
