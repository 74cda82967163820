/** The supervision tree as the lines that are shown of it: those of open branches, or with a filter what it lets through and all above. */
import type { ActorRow } from '../../control/protocol/actors.js'
import type { RosterPicture } from '../live/roster-picture.js'
import { isInTrouble } from './attention.js'
import type { Folds } from './folds.js'

export interface TreeLine {
  readonly path: string
  readonly depth: number
  readonly hasBelow: boolean
  readonly isOpen: boolean
  /** With a filter: whether it lets this one through, or only one below it. */
  readonly isMeant: boolean
  /** Its place among its siblings that are shown, from 1, and how many these are. */
  readonly place: number
  readonly of: number
}

export interface TreeFilter {
  readonly search: string
  readonly status: string
  readonly logic: string
  readonly isTrouble: boolean
}

/** With so many actors or fewer every branch is open at first; with more those at the top. */
const OPEN_ALL = 200

export function hasFilter({ search, status, logic, isTrouble }: TreeFilter): boolean {
  return search !== '' || status !== '' || logic !== '' || isTrouble
}

export function linesOf(picture: RosterPicture, folds: Folds, filter: TreeFilter): readonly TreeLine[] {
  const meant = hasFilter(filter) ? meantBy(picture, filter) : undefined
  const lines: TreeLine[] = []
  const isSmall = picture.rows.size <= OPEN_ALL
  const add = (paths: readonly string[], depth: number): void => {
    const shown = meant === undefined ? paths : paths.filter((path) => meant.has(path))
    shown.forEach((path, i) => {
      const below = picture.below.get(path) ?? []
      const hasBelow = meant === undefined ? below.length > 0 : below.some((each) => meant.has(each))
      const isOpen = hasBelow && folds.isOpen(path, meant !== undefined || isSmall || depth === 0)
      lines.push({ path, depth, hasBelow, isOpen, isMeant: meant?.get(path) ?? true, place: i + 1, of: shown.length })
      if (isOpen) add(below, depth + 1)
    })
  }
  add(picture.below.get('') ?? [], 0)
  return lines
}

/** Those that the filter lets through (true), and those above them (false). */
function meantBy({ rows }: RosterPicture, filter: TreeFilter): ReadonlyMap<string, boolean> {
  const meant = new Map<string, boolean>()
  const isMeant = testOf(filter)
  for (const [path, row] of rows) {
    if (!isMeant(row)) continue
    meant.set(path, true)
    for (let above = parentOf(path); above !== '' && !meant.has(above); above = parentOf(above)) meant.set(above, false)
  }
  return meant
}

function testOf({ search, status, logic, isTrouble }: TreeFilter): (row: ActorRow) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return (row) => {
    if (status !== '' && (status === 'paused' ? !row.isPaused : row.status !== status)) return false
    if (logic !== '' && row.logic !== logic) return false
    if (isTrouble && !isInTrouble(row)) return false
    if (words.length === 0) return true
    const text = `${row.path} ${row.id} ${row.logic} ${row.state ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}
