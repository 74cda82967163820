import type { Strategy } from '../core/supervision-terms.js'

export type { Strategy }

export const STRATEGIES = ['oneForOne', 'oneForAll', 'restForOne'] as const satisfies readonly Strategy[]

export interface Affected {
  /** The siblings to be stopped, in this order: the last started goes first. */
  readonly stop: readonly string[]
  /** The children to be started, in this order, the failed one among them. */
  readonly start: readonly string[]
}

/**
 * Which children a restart of `failedId` concerns; `ids` are all children in the order of their start. Nobody, when it
 * is no child (any more). A temporary sibling is stopped like the others; it is for the caller not to start it again.
 */
export function affected(strategy: Strategy, ids: readonly string[], failedId: string): Affected {
  const start = together(strategy, ids, ids.indexOf(failedId))
  return { stop: start.filter((id) => id !== failedId).reverse(), start }
}

function together(strategy: Strategy, ids: readonly string[], failed: number): readonly string[] {
  if (failed < 0) return []
  switch (strategy) {
    case 'oneForOne':
      return ids.slice(failed, failed + 1)
    case 'oneForAll':
      return ids
    case 'restForOne':
      return ids.slice(failed)
  }
}
