import type { Bench } from '../harness/bench.js'
import { turns } from './turns.js'
import { ungoverned } from './ungoverned.js'

/** The agents' rows: what it costs to govern an agent, and what that costs the others. */
export const agents: readonly Bench[] = [...turns, ...ungoverned]
