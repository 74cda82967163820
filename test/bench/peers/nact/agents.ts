/** Agents of nact, in memory: an actor for each, asked with `query`. */
import { dispatch, query, type Ref, spawn, start, stop } from 'nact'
import { type AgentState, afterMessage, loading, type StepService } from '../works/step.js'

/** A query needs one. It is only reached where two queries got the same id. */
const TIMEOUT_MS = 5_000

interface Question {
  /** None: how many there were is all that is asked. */
  readonly message?: string
  readonly sender: Ref<Answer>
}

interface Answer {
  readonly agent: number
  readonly count: number
}

export async function openSteps(): Promise<StepService> {
  const system = start()
  const refs = new Map<number, Ref<Question>>()
  const refOf = (n: number): Ref<Question> => {
    const ref = refs.get(n) ?? spawn(system, counting(n), `agent-${n}`, { initialState: { count: 0, last: [] } })
    refs.set(n, ref)
    return ref
  }
  const ask = (n: number, message?: string): Promise<Answer> =>
    query(refOf(n), (sender: Ref<Answer>) => ({ message, sender }), TIMEOUT_MS)
  return {
    calls: loading((n, message) => counted(n, message, ask)),
    async [Symbol.asyncDispose]() {
      stop(system)
    },
  }
}

/**
 * The ids of queries are 31 random bits, so with 1 000 outstanding one in two million has that of another: then one of the
 * two gets the other's answer and one gets none, though both agents have handled their messages. They are asked for the count again.
 */
async function counted(n: number, message: string, ask: Ask): Promise<number> {
  const answer = await ask(n, message).catch(unlessTimeout)
  if (answer?.agent === n) return answer.count
  return (await ask(n)).count
}

type Ask = (n: number, message?: string) => Promise<Answer>

function unlessTimeout(error: Error): undefined {
  if (error.message !== 'Query Timeout') throw error
}

/** Counts its messages and keeps the last ten; answers with the count. */
function counting(agent: number) {
  return (state: AgentState, { message, sender }: Question): AgentState => {
    const next = message === undefined ? state : afterMessage(state, message)
    dispatch(sender, { agent, count: next.count })
    return next
  }
}
