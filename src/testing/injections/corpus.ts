import type { Injection } from './injection.js'
import { PLAIN_TEXTS } from './plain-texts.js'
import { SHAPED_TEXTS } from './shaped-texts.js'

/**
 * Texts that try to make an agent do what it may not: what a hostile page, mail or tool says. Data, in our own words, each with
 * the public source of its idea. They are examples of what is known, and no proof against what is not: what an agent may do is
 * held by the gate of its tools, whatever it has read. See `aimed`.
 */
export const injections: readonly Injection[] = [...PLAIN_TEXTS, ...SHAPED_TEXTS]
