import type { Bench } from '../harness/bench.js'
import { ask } from './ask.js'
import { exactlyOnce } from './exactly-once.js'
import { idle } from './idle.js'
import { memory } from './memory.js'
import { tell } from './tell.js'

/** The rows of remote actors: what it takes to ask, to tell and to be sure, and what a link costs that is idle or stalled. */
export const remote: readonly Bench[] = [...ask, ...tell, ...exactlyOnce, ...memory, ...idle]
