/** An agent in memory whose node throws: the run ends with the error, and is resumed. */
import { END, MemorySaver, START, StateGraph } from '@langchain/langgraph'
import { type FailureService, failing } from '../works/failure.js'
import { messageOf } from '../works/step.js'
import { Agent } from './state.js'

/** So often an agent throws, and then it is another's turn: the memory saver looks through all that a thread has ever kept. */
const TIMES = 10

export async function openFailure(): Promise<FailureService> {
  const fragile = new Fragile()
  return {
    calls: { fail: (failures) => failing(failures, () => fragile.fail()) },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

class Fragile {
  readonly #checkpointer = new MemorySaver()
  readonly #graph = new StateGraph(Agent)
    .addNode('keep', ({ message }) => {
      this.#throwIfArmed()
      return { count: 1, last: [message] }
    })
    .addEdge(START, 'keep')
    .addEdge('keep', END)
    .compile({ checkpointer: this.#checkpointer })
  #isArmed = false
  #thrownAt = 0
  #failures = 0

  /** A step that fails, and the same one resumed: in ms, from the throw to the answer. */
  async fail(): Promise<number> {
    const agent = Math.floor(this.#failures / TIMES)
    const nth = (this.#failures++ % TIMES) + 1
    const config = { configurable: { thread_id: `agent-${agent}` }, durability: 'exit' } as const
    this.#isArmed = true
    await this.#graph.invoke({ message: messageOf(agent, nth) }, config).catch(ignoreFault)
    const { count } = await this.#graph.invoke(null, config)
    const ms = performance.now() - this.#thrownAt
    if (this.#isArmed || count !== nth) throw new Error(`agent ${agent} counts ${count} messages, and has got ${nth}`)
    if (nth === TIMES) await this.#checkpointer.deleteThread(config.configurable.thread_id)
    return ms
  }

  #throwIfArmed(): void {
    if (!this.#isArmed) return
    this.#isArmed = false
    this.#thrownAt = performance.now()
    throw new Fault('asked for')
  }
}

class Fault extends Error {}

function ignoreFault(error: unknown): void {
  if (!(error instanceof Fault)) throw error
}
