import type { Bench } from '../harness/bench.js'
import { activate } from './activate.js'
import { durable } from './durable.js'
import { fairness } from './fairness.js'
import { growing } from './growing.js'
import { memory } from './memory.js'
import { open } from './open.js'
import { spawn } from './spawn.js'
import { throughput } from './throughput.js'
import { timers } from './timers.js'

/** The kernel's rows: how fast actors handle, keep, start, open, wake and wait, and what they weigh. */
export const kernel: readonly Bench[] = [
  ...throughput,
  ...durable,
  ...growing,
  ...spawn,
  ...open,
  ...activate,
  ...memory,
  ...timers,
  ...fairness,
]
