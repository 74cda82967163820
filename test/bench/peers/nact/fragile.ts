/** An agent of nact that throws: its policy resets it, and it answers the question that waits behind. */
import { dispatch, query, type Ref, type SupervisionActorFunc, spawn, start, stop } from 'nact'
import { type FailureService, failing } from '../works/failure.js'
import { type AgentState, afterMessage } from '../works/step.js'

const TIMEOUT_MS = 30_000

type Asked = { readonly type: 'BREAK' } | { readonly type: 'ASK'; readonly sender: Ref<number> }

/** As its documentation has it. */
const reset: SupervisionActorFunc<Asked, Ref<never>, Ref<never>> = (_message, _error, context) => context.reset

export async function openFailure(): Promise<FailureService> {
  const system = start()
  let thrownAt = Number.NaN
  const fragile = (state: AgentState, asked: Asked): AgentState => {
    if (asked.type === 'BREAK') {
      const error = new Error('broken')
      thrownAt = performance.now()
      throw error
    }
    const next = afterMessage(state, 'a text')
    dispatch(asked.sender, next.count)
    return next
  }
  const ref = spawn(system, fragile, 'agent', { initialState: { count: 0, last: [] }, onCrash: reset })
  const fail = async (): Promise<number> => {
    dispatch(ref, { type: 'BREAK' })
    const count = await query(ref, (sender: Ref<number>) => ({ type: 'ASK', sender }), TIMEOUT_MS)
    const ms = performance.now() - thrownAt
    if (count !== 1) throw new Error(`the agent counts ${count} messages after it was reset`)
    return ms
  }
  return {
    calls: { fail: (failures) => failing(failures, fail) },
    async [Symbol.asyncDispose]() {
      stop(system)
    },
  }
}
