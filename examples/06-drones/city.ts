/** The city from above: cells by name, `A1` in the upper left corner. */
export type Cell = string

const ROWS = [
  '..............',
  '..##...####...',
  '..##...#..#...',
  '.......#......',
  '..###..####...',
  '..###.........',
  '..............',
  '..............',
]

export const WIDTH = ROWS[0]?.length ?? 0
export const HEIGHT = ROWS.length

export function cellAt(column: number, row: number): Cell {
  return `${String.fromCharCode(65 + column)}${row + 1}`
}

function positionOf(cell: Cell): { readonly column: number; readonly row: number } {
  return { column: cell.charCodeAt(0) - 65, row: Number(cell.slice(1)) - 1 }
}

/** Whether a drone can fly there, as far as the map knows. */
export function isFree(cell: Cell): boolean {
  const { column, row } = positionOf(cell)
  return ROWS[row]?.[column] === '.'
}

/** The cells beside it, the buildings among them left out. */
export function neighboursOf(cell: Cell): Cell[] {
  const { column, row } = positionOf(cell)
  const around = [cellAt(column + 1, row), cellAt(column, row - 1), cellAt(column, row + 1), cellAt(column - 1, row)]
  return around.filter(isFree)
}

/** How many cells it is at least. */
export function distance(one: Cell, other: Cell): number {
  const [from, to] = [positionOf(one), positionOf(other)]
  return Math.abs(from.column - to.column) + Math.abs(from.row - to.row)
}
