/** Random supervision trees, as data: the same seed grows the same tree. */
import type { Backoff, Directives, Durability, Intensity, RestartFrom, RestartType, Strategy } from 'roscius'
import { seededRandom } from 'roscius/testing'

export interface Leaf {
  readonly kind: 'leaf'
  readonly id: string
  readonly path: string
  readonly restart: RestartType
  readonly restartFrom: RestartFrom | undefined
  readonly durability: Durability
  readonly backoff: Partial<Backoff> | false | undefined
  readonly maxDeliveries: number
  readonly directives: Directives | undefined
}

export interface Branch {
  readonly kind: 'branch'
  readonly id: string
  readonly path: string
  readonly restart: RestartType
  readonly durability: Durability
  readonly strategy: Strategy
  readonly intensity: Intensity
  readonly children: readonly Twig[]
}

export type Twig = Leaf | Branch

export interface Growth {
  /** Supervisors one below the other, at most. */
  readonly depth: number
  /** About how many actors there may be. */
  readonly size: number
  readonly durabilities: readonly Durability[]
}

/** Supervisors that bear anything; in other trees they give up soon. */
export const GENEROUS: Intensity = { maxRestarts: 10_000, withinMs: 5_000 }
const TIGHT: readonly Intensity[] = [
  { maxRestarts: 0, withinMs: 5_000 },
  { maxRestarts: 1, withinMs: 200 },
  { maxRestarts: 3, withinMs: 5_000 },
]

/** Draws from a sequence that its seed decides. */
export class Chance {
  readonly #random

  constructor(seed: number | string) {
    this.#random = seededRandom(seed)
  }

  below(count: number): number {
    return Math.floor(this.#random.next() * count)
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** Of choices with their weights. */
  weigh<T>(...choices: readonly (readonly [weight: number, choice: T])[]): T {
    let left = this.#random.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    const hit = choices.find(([weight]) => {
      left -= weight
      return left < 0
    })
    return (hit ?? choices[0])?.[1] as T
  }
}

export function growTree(chance: Chance, { depth, size, durabilities }: Growth): Branch {
  const isTight = chance.below(2) === 0
  let left = size

  const growLeaf = (id: string, path: string, isVolatile: boolean): Leaf => {
    const durability = isVolatile ? 'volatile' : chance.pick(durabilities)
    return {
      kind: 'leaf',
      id,
      path,
      durability,
      restart: chance.weigh([6, 'permanent'], [2, 'transient'], [2, 'temporary']),
      restartFrom:
        durability === 'volatile' ? undefined : chance.weigh([4, undefined], [1, 'lastGood'], [2, 'initial']),
      backoff: chance.weigh<Leaf['backoff']>([4, undefined], [2, false], [2, { initialMs: 30, maxMs: 500 }]),
      maxDeliveries: chance.weigh([2, 3], [1, 1], [1, 2]),
      directives: chance.weigh<Leaf['directives']>([6, undefined], [1, { bug: 'resume' }], [1, { bug: 'escalate' }]),
    }
  }

  const growDurability = (isRoot: boolean): Durability => {
    const volatile = durabilities.includes('volatile') ? 1 : 0
    return isRoot ? 'durable' : chance.weigh([6, 'durable'], [1, 'relaxed'], [volatile, 'volatile'])
  }

  const growBranch = (id: string, path: string, levels: number, isVolatile: boolean): Branch => {
    const durability = isVolatile ? 'volatile' : growDurability(path === id)
    const count = 1 + chance.below(4)
    const children: Twig[] = []
    for (let index = 0; index < count && left > 0; index++) {
      left--
      const childId = `${String.fromCharCode(97 + index)}`
      const isBranch = levels > 1 && chance.below(5) < 2
      // What outlives its supervisor in a crash would be nobody's.
      const isBelowVolatile = durability === 'volatile'
      const childPath = `${path}/${childId}`
      children.push(
        isBranch
          ? growBranch(childId, childPath, levels - 1, isBelowVolatile)
          : growLeaf(childId, childPath, isBelowVolatile),
      )
    }
    return {
      kind: 'branch',
      id,
      path,
      children,
      restart: path === id ? 'permanent' : chance.weigh([6, 'permanent'], [1, 'transient'], [1, 'temporary']),
      durability,
      strategy: chance.pick(['oneForOne', 'oneForAll', 'restForOne']),
      intensity: isTight ? chance.pick(TIGHT) : GENEROUS,
    }
  }
  return growBranch('root', 'root', depth, false)
}

export function leavesOf(twig: Twig): readonly Leaf[] {
  return twig.kind === 'leaf' ? [twig] : twig.children.flatMap(leavesOf)
}

export function branchesOf(twig: Twig): readonly Branch[] {
  return twig.kind === 'leaf' ? [] : [twig, ...twig.children.flatMap(branchesOf)]
}

/** The tree in a few lines, for whoever has to understand a failing run. */
export function draw(twig: Twig, indent = ''): string {
  if (twig.kind === 'leaf') {
    const { id, restart, restartFrom = '', durability, backoff, maxDeliveries, directives } = twig
    return `${indent}${id} ${restart} ${durability} ${restartFrom} backoff ${JSON.stringify(backoff)} deliveries ${maxDeliveries} ${JSON.stringify(directives)}\n`
  }
  const { id, strategy, intensity, restart, durability, children } = twig
  const own = `${indent}${id} (${strategy} ${intensity.maxRestarts}/${intensity.withinMs} ${restart} ${durability})\n`
  return own + children.map((child) => draw(child, `${indent}  `)).join('')
}
