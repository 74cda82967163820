/** Two processes on one machine: how long a question takes there and back, and how many messages a second go one way. */
import type { Running, Service } from '../../harness/second-process.js'
import type { Load, LoadFigures } from './closed-loop.js'
import type { Work } from './work.js'

/** The asking side; it starts the other process, and whatever stands between the two, itself. */
export interface RemoteService extends Service {
  readonly calls: {
    /** Asks an agent of the other process. */
    ask(load: Load): Promise<LoadFigures>
    /** Sends so many messages of 40 bytes to an agent of the other process. Resolves when that has handled all of them. */
    tell(messages: number): Promise<void>
  }
}

/** How the asking side runs the other process; all peers alike. */
export const BESIDE: Running = { isApart: false }

export const remote: Work<RemoteService> = {
  asks: 'memory',
  measures: {
    'remote.ask': { label: 'a question to another process', unit: 'ms p50', better: 'lower' },
    'remote.ask-p99': { label: 'a question to another process, 99th percentile', unit: 'ms p99', better: 'lower' },
    'remote.tell': { label: 'messages one way', unit: 'messages/s', better: 'higher' },
  },
  rounds: (quick) => (quick ? 1 : 3),
  async measure(site, { quick }) {
    const near = await site.start()
    // Many at a time compile the code of both processes soonest, also on a machine that has other things to do.
    await near.call('ask', { agents: 64, warmUpMs: 0, ms: quick ? 600 : 2_000 })
    const { p50, p99 } = await near.call('ask', { agents: 1, warmUpMs: quick ? 400 : 1_000, ms: quick ? 800 : 2_000 })
    const tell = await told({ warmUpMs: quick ? 300 : 1_000, ms: quick ? 300 : 1_500 }, (messages) =>
      near.call('tell', messages),
    )
    await near.close()
    return { 'remote.ask': p50, 'remote.ask-p99': p99, 'remote.tell': tell }
  },
}

/** Sends more and more until it takes `ms`; answers with how many a second went then. */
async function told(
  { warmUpMs, ms: leastMs }: Omit<Load, 'agents'>,
  tell: (messages: number) => Promise<void>,
): Promise<number> {
  const warm = performance.now() + warmUpMs
  do await tell(1_000)
  while (performance.now() < warm)
  for (let messages = 1_000; ; ) {
    const start = performance.now()
    await tell(messages)
    const ms = performance.now() - start
    if (ms >= leastMs) return (messages * 1_000) / ms
    messages = Math.ceil(messages * Math.min(4, (1.3 * leastMs) / ms))
  }
}
