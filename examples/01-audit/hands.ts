/** Who has which file in hand, and which comes next: the part of the register that hands out. Pure. */

export interface Hands {
  /** Index of the next file of the list that nobody has had. */
  readonly next: number
  /** The file that each worker was given and has not reported on, by the worker. */
  readonly inHand: Readonly<Record<string, string>>
  /** Files whose worker is gone: they come before those that nobody has had. */
  readonly returned: readonly string[]
}

export const EMPTY_HANDS: Hands = { next: 0, inHand: {}, returned: [] }

/** What the worker has in hand; null for nothing. */
export function pathOf({ inHand }: Hands, worker: string): string | null {
  return inHand[worker] ?? null
}

/** Gives the worker the file that it has in hand (it has lost it, with its memory), or else the next; null if there is none. */
export function giveNext(
  hands: Hands,
  worker: string,
  files: readonly string[],
): { readonly hands: Hands; readonly path: string | null } {
  const { next, inHand, returned } = hands
  const held = inHand[worker]
  if (held !== undefined) return { hands, path: held }
  const [first, ...rest] = returned
  const path = first ?? files[next]
  if (path === undefined) return { hands, path: null }
  const given = { ...inHand, [worker]: path }
  return first === undefined
    ? { hands: { next: next + 1, inHand: given, returned }, path }
    : { hands: { next, inHand: given, returned: rest }, path }
}

/** The worker has nothing in hand any more. */
export function free(hands: Hands, worker: string): Hands {
  const { [worker]: _, ...inHand } = hands.inHand
  return { ...hands, inHand }
}

/** Nobody is at work: what is in hand goes back. */
export function takeBack({ next, inHand, returned }: Hands): Hands {
  return { next, inHand: {}, returned: [...returned, ...Object.values(inHand)] }
}

/** How many files nobody has in hand or has reported on. */
export function countLeft({ next, returned }: Hands, files: readonly string[]): number {
  return files.length - next + returned.length
}
