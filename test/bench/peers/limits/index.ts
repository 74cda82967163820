/** The physical limits: what everybody's steps are made of, with nothing around it. */
import { packages } from '../packages.js'
import { none, type Peer } from '../peer.js'
import { nodeSite } from '../site.js'

const at = (file: string): string => new URL(file, import.meta.url).href

const steps = { declined: 'only the steps: there is nothing in it that could do more' }

/** What XState itself takes for a step. */
export const createActorAlone: Peer = {
  id: 'create-actor',
  name: 'Raw createActor',
  settings: 'send and getSnapshot, nothing kept',
  available: () => packages('xstate'),
  works: {
    ...none(steps),
    step: {
      promise: 'memory',
      lacks: 'anything that outlives the process',
      open: async (folder) => nodeSite(folder, { module: at('create-actor.js'), name: 'openSteps' }),
    },
  },
}

/** What the disk takes for a step's bytes. */
export const levelAlone: Peer = {
  id: 'level',
  name: 'Raw classic-level',
  settings: 'as many bytes as Roscius writes for a step; one synced batch for all steps that wait',
  available: () => packages('classic-level'),
  works: {
    ...none(steps),
    step: {
      promise: 'durable',
      lacks: 'any logic: it counts and writes',
      open: async (folder) => nodeSite(folder, { module: at('level.js'), name: 'openSteps' }),
    },
  },
}
