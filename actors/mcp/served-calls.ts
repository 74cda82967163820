/**
 * Calls of agents from outside: each is an actor of the system.
 *
 * 1. A call with a key is one actor however often it is made, over restarts too: the same key, tool and arguments find it, running
 *    or ended, and get its output.
 * 2. Nobody can come back for a call without a key. So its actor is cancelled when its caller cancels, leaves, or has
 *    waited too long. One with a key is cancelled by its caller only, and only if nobody else waits for it.
 * 3. Whatever goes wrong is an answer.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { AnyActorLogic } from 'xstate'
import { canonical } from '../../machines/agent/repetition.js'
import { firstProblem } from '../../machines/options-invalid.js'
import { type Clock, type RosciusRef, systemClock } from '../../src/index.js'
import type { ReadAgent } from './serve-options.js'
import { answerToError, answerWith, failedAnswer, type ServedAnswer } from './served-answer.js'

export interface ServedCall {
  readonly tool: string
  readonly args: unknown
  /** The caller's name for this call, by which it can ask again. */
  readonly key: string | undefined
  /** Aborted when the caller cancels, and when it has gone. */
  readonly signal: AbortSignal
  readonly hasLeft: () => boolean
  /** Absent if the caller wants no progress told. */
  readonly onProgress: ((message: string) => void) | undefined
}

/** Of a system, what calls need of it. */
export interface Spawns {
  spawn(logic: string, options: object): Promise<Ref>
  actor(logic: string, id: string): Ref
}

type Ref = RosciusRef<AnyActorLogic>
type End = ServedAnswer | 'cancelled' | 'late'

export class ServedCalls {
  /** How many wait for an actor, by its id. */
  readonly #waiting = new Map<string, number>()
  readonly #running = new Set<Promise<ServedAnswer>>()

  constructor(
    private readonly system: Spawns,
    private readonly agents: ReadonlyMap<string, ReadAgent>,
    private readonly clock: Clock = systemClock(),
  ) {}

  answer(call: ServedCall): Promise<ServedAnswer> {
    const answer = this.#answer(call).finally(() => this.#running.delete(answer))
    this.#running.add(answer)
    return answer
  }

  /** Resolves when no call runs any more: what had to be cancelled is cancelled. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async #answer(call: ServedCall): Promise<ServedAnswer> {
    const agent = this.agents.get(call.tool)
    if (agent === undefined) return failedAnswer('TOOL_NOT_FOUND', `There is no tool ${call.tool}.`)
    try {
      const read = await agent.input.safeParseAsync(call.args ?? {})
      if (read.success) return await this.#run(call, agent, read.data)
      const { field, problem } = firstProblem(read.error)
      return failedAnswer('INPUT_INVALID', field === '' ? problem : `${field}: ${problem}`)
    } catch (error) {
      return answerToError(error)
    }
  }

  async #run(call: ServedCall, agent: ReadAgent, args: unknown): Promise<ServedAnswer> {
    const id = idOf(call, args)
    const input = agent.toInput === undefined ? args : agent.toInput(args)
    this.#count(id, 1)
    const listening = this.#listen(call, agent, id)
    try {
      call.signal.throwIfAborted()
      const ref = await this.system.spawn(agent.logic, { ...agent.spawn, id, input, ifExists: 'use' })
      const end = await this.#end(ref, call, agent)
      if (typeof end === 'object') return end
      const others = (this.#waiting.get(id) ?? 1) - 1
      return await this.#giveUp(end, ref, others, call, agent)
    } finally {
      listening?.unsubscribe()
      this.#count(id, -1)
    }
  }

  #count(id: string, change: number): void {
    const count = (this.#waiting.get(id) ?? 0) + change
    if (count > 0) this.#waiting.set(id, count)
    else this.#waiting.delete(id)
  }

  /** From before the start on, so that nothing is missed. */
  #listen({ onProgress }: ServedCall, agent: ReadAgent, id: string) {
    if (onProgress === undefined) return undefined
    const tell = agent.progress ?? defaultProgress
    return this.system.actor(agent.logic, id).on('*', (event) => {
      const message = tell(event as { type: string })
      if (message !== undefined) onProgress(message)
    })
  }

  async #end(ref: Ref, { signal }: ServedCall, agent: ReadAgent): Promise<End> {
    const result = ref.result().then((output) => answerWith(output, agent), answerToError)
    let stop = (): void => undefined
    const ended = new Promise<'cancelled' | 'late'>((resolve) => {
      const cancelled = (): void => resolve('cancelled')
      const unschedule = this.clock.schedule(() => resolve('late'), agent.timeoutMs)
      signal.addEventListener('abort', cancelled, { once: true })
      if (signal.aborted) cancelled()
      stop = () => {
        unschedule()
        signal.removeEventListener('abort', cancelled)
      }
    })
    return Promise.race([result, ended]).finally(stop)
  }

  async #giveUp(
    end: 'cancelled' | 'late',
    ref: Ref,
    others: number,
    call: ServedCall,
    { timeoutMs }: ReadAgent,
  ): Promise<ServedAnswer> {
    const isWanted = call.key !== undefined && (end === 'late' || call.hasLeft() || others > 0)
    const why = end === 'late' ? `It did not end within ${timeoutMs} ms` : 'The call was cancelled'
    if (!isWanted) await ref.cancel({ reason: why })
    const next = isWanted ? 'It goes on: call again with the same key.' : 'It was cancelled.'
    return failedAnswer(end === 'late' ? 'TIMEOUT' : 'CANCELLED', `${why}. ${next}`)
  }
}

function idOf({ tool, key }: ServedCall, args: unknown): string {
  if (key === undefined) return `mcp-${randomUUID()}`
  return `mcp-${createHash('sha256')
    .update(canonical([tool, key, args]))
    .digest('hex')
    .slice(0, 32)}`
}

function defaultProgress({ type }: { readonly type: string }): string | undefined {
  return type === 'token' ? undefined : type
}
