import { packages } from '../packages.js'
import { type Availability, none, type Peer } from '../peer.js'
import { nodeSite } from '../site.js'

const at = (file: string): string => new URL(file, import.meta.url).href

const NO_TIMERS = 'it has no timers of its own: an interrupted thread waits until a caller invokes it'
const NO_SERVER = 'a graph is called in its own process; the server that others call is a product apart'

const ELSEWHERE = { elsewhere: 'langgraph' }

export const langgraph: Peer = {
  id: 'langgraph',
  name: 'LangGraph JS',
  settings:
    'SqliteSaver, which is its saver for one machine (PostgresSaver is for servers); durability "sync", SQLite in WAL mode with `synchronous = FULL`: an fsync for each of its five commits a step',
  available,
  works: {
    step: {
      promise: 'durable',
      lacks: '',
      open: async (folder) =>
        nodeSite(folder, { module: at('agents.js'), name: 'openSteps', argument: { synchronous: 'full' } }),
    },
    growing: {
      promise: 'durable',
      lacks: '',
      open: async (folder) => nodeSite(folder, { module: at('history.js'), name: 'openGrowing' }),
    },
    sleep: { declined: NO_TIMERS },
    crash: {
      promise: 'durable',
      lacks: 'that a message sent again is handled once, or that an effect which a crash interrupted happens only once',
      open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openCrash' }),
    },
    failure: {
      promise: 'memory',
      lacks:
        'that it answers by itself: the thread is resumed by hand, which is faster than its `retryPolicy`, whose shortest wait is a timer of 1 ms',
      open: async (folder) => nodeSite(folder, { module: at('fragile.js'), name: 'openFailure' }),
    },
    remote: { declined: NO_SERVER },
  },
}

/** What a user can do who looks for less to be written. */
export const langgraphTuned: Peer = {
  id: 'langgraph-tuned',
  name: 'LangGraph JS, tuned',
  settings:
    'as langgraph, but durability "exit", one commit for each answer; the history in a `DeltaChannel`, which is in beta',
  available,
  works: {
    ...none(ELSEWHERE),
    step: {
      promise: 'durable',
      lacks: 'that a run which a crash interrupts goes on where it was: it begins again',
      open: async (folder) => {
        const argument = { synchronous: 'full', durability: 'exit' }
        return nodeSite(folder, { module: at('agents.js'), name: 'openSteps', argument })
      },
    },
    growing: {
      promise: 'durable',
      lacks: 'that the format stays: it is in beta',
      open: async (folder) => nodeSite(folder, { module: at('history.js'), name: 'openGrowingByDeltas' }),
    },
  },
}

/** What a user gets who changes nothing. */
export const langgraphStock: Peer = {
  id: 'langgraph-stock',
  name: 'LangGraph JS, its saver as it comes',
  settings:
    'SqliteSaver.fromConnString, durability "sync", SQLite in WAL mode with `synchronous = NORMAL`: no fsync for a commit',
  available,
  works: {
    ...none(ELSEWHERE),
    step: {
      promise: 'written',
      lacks: 'that an answered step outlives a power failure',
      open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openSteps' }),
    },
  },
}

async function available(): Promise<Availability> {
  return await packages('@langchain/langgraph', '@langchain/langgraph-checkpoint-sqlite', 'better-sqlite3')
}
