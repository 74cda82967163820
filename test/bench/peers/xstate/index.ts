import { packages } from '../packages.js'
import { none, type Peer, type Promised, type Taken } from '../peer.js'
import { nodeSite } from '../site.js'
import type { CrashService } from '../works/crash.js'
import type { StepService } from '../works/step.js'
import type { Writing } from './files.js'

const at = (file: string): string => new URL(file, import.meta.url).href

const SEE_XSTATE = { elsewhere: 'xstate' }

/** What is faster of either. With 64 threads in the pool instead of four, replacing takes longer; writing in place gains a little. */
const CALLS = 'for one agent by the synchronous calls, for many by fs/promises with four threads'

/** XState alone, each actor kept in a file that is fsynced by hand. */
export const xstate: Peer = {
  id: 'xstate',
  name: 'XState by hand',
  settings: `getPersistedSnapshot() as JSON into a new file, fsync, rename; ${CALLS}`,
  available: () => packages('xstate'),
  works: {
    step: step('replacing'),
    growing: {
      promise: 'durable',
      lacks: 'a history of the steps: only the last state is there',
      open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openGrowing' }),
    },
    sleep: {
      promise: 'durable',
      lacks: 'that a delay goes on after a restart: XState forgets it, and a timer set by hand takes its place',
      open: async (folder) => nodeSite(folder, { module: at('sleepers.js'), name: 'openSleep' }),
    },
    crash: crash('replacing', 'that a message sent again is handled once, or that an effect happens'),
    failure: {
      promise: 'memory',
      lacks: 'a limit to restarts, the state of before, or that anyone is told',
      open: async (folder) => nodeSite(folder, { module: at('fragile.js'), name: 'openFailure' }),
    },
    remote: { declined: 'XState has no remote actors' },
  },
}

/** The same, but that each file is written over: faster, and a crash may leave it empty. */
export const xstateInPlace: Peer = {
  id: 'xstate-in-place',
  name: 'XState by hand, files in place',
  settings: `getPersistedSnapshot() as JSON over the old file, fsync; ${CALLS}`,
  available: () => packages('xstate'),
  works: {
    ...none(SEE_XSTATE),
    step: step('in place'),
    crash: crash('in place', 'that a file is whole after a crash: an agent whose file is torn starts anew'),
  },
}

function step(writing: Writing): Taken<StepService> {
  return {
    promise: promiseOf(writing),
    lacks:
      writing === 'replacing'
        ? 'a journal of the steps, or that two steps of one agent are written in order'
        : 'that a file is whole after a crash',
    open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openSteps', argument: { writing } }),
  }
}

function crash(writing: Writing, lacks: string): Taken<CrashService> {
  return {
    promise: promiseOf(writing),
    lacks,
    open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openCrash', argument: { writing } }),
  }
}

function promiseOf(writing: Writing): Promised {
  return writing === 'replacing' ? 'durable' : 'tearable'
}
