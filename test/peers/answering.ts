/** A peer's process as the works see it, in this one. */
import type { Service } from '../bench/harness/second-process.js'
import type { AgentProcess } from '../bench/peers/site.js'

type Calls = Readonly<Record<string, (argument: never) => unknown>>

/** A process that answers calls itself. */
export function processOf<TService extends Service>(calls: Calls): AgentProcess<TService> {
  return {
    call: (async (name: string, argument: never) => calls[name]?.(argument)) as AgentProcess<TService>['call'],
    kill: async () => undefined,
    close: async () => undefined,
    pids: async () => [process.pid],
  }
}
