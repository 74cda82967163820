import type { Host } from './host.js'
import { plainHost } from './plain-host.js'
import { rosciusHost } from './roscius-host.js'

/** Every way to run a machine that must look the same; the first is XState itself. */
export const hosts: readonly Host[] = [
  plainHost,
  rosciusHost({ name: 'a volatile Roscius actor', durability: 'volatile' }),
  rosciusHost({ name: 'a Roscius actor' }),
  rosciusHost({ name: 'a Roscius actor that is recovered after each step', restarts: true }),
  rosciusHost({ name: 'a Roscius actor that is passivated as soon as it is idle', idleMs: 1 }),
]
