/** The gutter of a printed conversation: a lane for each node, and an arrow from the sender's to the receiver's. */

/** More nodes get no lanes. */
const MAX_LANES = 10

/** Nodes in the order of their lanes; none if there are too many, or too few. */
export class Lanes {
  readonly #nodes: readonly string[]

  constructor(nodes: readonly string[]) {
    this.#nodes = nodes.length > 1 && nodes.length <= MAX_LANES ? nodes : []
  }

  /** In characters. */
  get width(): number {
    return Math.max(0, 2 * this.#nodes.length - 1)
  }

  /** The names of the nodes, each above its lane. */
  head(): readonly string[] {
    return this.#nodes.map((node, lane) => `${'│ '.repeat(lane)}${node}`)
  }

  /** ` ●─►`: from one lane to another; a sender or a receiver without a lane is left out. */
  arrow(fromNode: string | undefined, toNode: string | undefined): string {
    const from = this.#laneOf(fromNode)
    const to = this.#laneOf(toNode)
    const ends = [from ?? to ?? -1, to ?? from ?? -1].toSorted((a, b) => a - b)
    const cells = this.#nodes.map((_, lane) => {
      const isCrossed = lane > ends[0]! && lane < ends[1]!
      return lane === from ? '●' : lane === to ? headFrom(from, lane) : isCrossed ? '┼' : '│'
    })
    return cells
      .map((cell, lane) => (lane === 0 ? '' : lane > ends[0]! && lane <= ends[1]! ? '─' : ' ') + cell)
      .join('')
  }

  #laneOf(node: string | undefined): number | undefined {
    const lane = node === undefined ? -1 : this.#nodes.indexOf(node)
    return lane < 0 ? undefined : lane
  }
}

const headFrom = (from: number | undefined, lane: number): string => (from !== undefined && from > lane ? '◄' : '►')
