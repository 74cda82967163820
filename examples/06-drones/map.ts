/** The city as text, with the ways of the drones. */
import { type Cell, cellAt, HEIGHT, isFree, WIDTH } from './city.js'
import type { DroneContext } from './drone.js'

export const LEGEND = `   # a building   X closed
   k h s w   the ways of kestrel, heron, swift and wren; K H S W where they are
`

type Way = (drone: DroneContext) => readonly Cell[]

/** What lies before them. */
export const ahead: Way = ({ route }) => route
/** What lies behind them. */
export const behind: Way = ({ home, flown }) => [home, ...flown]

export function mapText(drones: readonly DroneContext[], way: Way): string {
  const columns = Array.from({ length: WIDTH }, (_, column) => cellAt(column, 0)[0]).join(' ')
  const rows = Array.from({ length: HEIGHT }, (_, row) => {
    const signs = Array.from({ length: WIDTH }, (__, column) => signOf(cellAt(column, row), drones, way))
    return `   ${row + 1}  ${signs.join(' ')}\n`
  })
  return `\n      ${columns}\n${rows.join('')}\n`
}

function signOf(cell: Cell, drones: readonly DroneContext[], way: Way): string {
  if (!isFree(cell)) return '#'
  if (drones.some(({ closed }) => closed.includes(cell))) return 'X'
  const here = drones.find(({ at }) => at === cell)
  if (here !== undefined) return here.name[0]?.toUpperCase() ?? ''
  return drones.find((drone) => way(drone).includes(cell))?.name[0] ?? '.'
}
