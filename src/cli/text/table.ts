/**
 * A table that fits the width of the terminal. Pure.
 *
 * 1. Columns are as wide as what is in them. Where that is too wide, those that may shrink do, the widest first, to their least
 *    width; then columns are left out, the least important first. The first one stays.
 * 2. A column of which no row has anything is left out.
 * 3. No line is wider than the table may be, whatever the texts are: they are made printable here.
 */
import type { Tone } from '../../runtime/tree-text.js'
import type { Paint } from './colours.js'
import { line } from './printable.js'
import { fitted, padded, widthOf } from './text-width.js'

export interface Column<T> {
  readonly head: string
  text(row: T): string
  /** Figures end where their column does. Default `left`. */
  readonly side?: 'left' | 'right'
  /** How narrow it may become. Default: it keeps its width. */
  readonly least?: number
  /** How it is cut where it is too long, no wider than `width`. Default: its end is left out. */
  cut?(text: string, width: number): string
  /** Those with a higher number are left out first. Default 0: never, while others can be. */
  readonly rank?: number
  /** Also if no row has anything: a table that is drawn again and again stands still. */
  readonly isKept?: boolean
  tone?(row: T): Tone | undefined
}

const GAP = '  '
/** Longer texts are not looked at: no terminal is as wide. */
const MAX_CELL = 400

interface Sized<T> {
  readonly column: Column<T>
  readonly cells: readonly string[]
  width: number
}

/** The head and a line for each row, without a line break at the end. */
export function tableText<T>(columns: readonly Column<T>[], rows: readonly T[], width: number, paint: Paint): string {
  const sized = placed(
    columns.map((column) => sizedOf(column, rows)),
    width,
  )
  const head = sized.map(({ column, width: room }) => padded(column.head, room, column.side)).join(GAP)
  const lines = rows.map((row, index) => sized.map((one) => cellOf(one, row, index, paint)).join(GAP))
  return [paint(fitted(head.trimEnd(), width), 'faint'), ...lines.map((each) => each.trimEnd())].join('\n')
}

function sizedOf<T>(column: Column<T>, rows: readonly T[]): Sized<T> {
  const cells = rows.map((row) => line(column.text(row), MAX_CELL))
  const widest = cells.reduce((most, cell) => Math.max(most, widthOf(cell)), 0)
  const isThere = widest > 0 || column.isKept === true
  return { column, cells, width: isThere ? Math.max(widest, widthOf(column.head)) : 0 }
}

function cellOf<T>({ column, cells, width }: Sized<T>, row: T, index: number, paint: Paint): string {
  const cell = cells[index] ?? ''
  const text = padded(cell, width, column.side, column.cut)
  const tone = cell === '' ? undefined : column.tone?.(row)
  return tone === undefined ? text : paint(text, tone)
}

// --- the room of each ---

function placed<T>(all: readonly Sized<T>[], width: number): readonly Sized<T>[] {
  const [first, ...others] = all.filter((one, index) => index === 0 || one.width > 0)
  if (first === undefined) return []
  let kept = [first, ...others]
  while (kept.length > 1 && leastOf(kept) > width) kept = withoutOne(kept)
  shrink(kept, width)
  if (kept.length === 1) first.width = Math.min(first.width, width)
  return kept
}

const leastWidth = ({ column, width }: Sized<never>): number => Math.min(width, column.least ?? width)

function leastOf<T>(sized: readonly Sized<T>[]): number {
  return sized.reduce((sum, one) => sum + leastWidth(one as Sized<never>), GAP.length * (sized.length - 1))
}

/** Without the least important; of those equal the last. */
function withoutOne<T>([first, ...others]: readonly Sized<T>[]): Sized<T>[] {
  const ranks = others.map(({ column }) => column.rank ?? 0)
  const gone = ranks.lastIndexOf(Math.max(...ranks))
  return [first as Sized<T>, ...others.filter((_, index) => index !== gone)]
}

function shrink<T>(sized: readonly Sized<T>[], width: number): void {
  let over = sized.reduce((sum, one) => sum + one.width, GAP.length * (sized.length - 1)) - width
  for (; over > 0; over--) {
    const able = sized.filter((one) => one.width > leastWidth(one as Sized<never>))
    if (able.length === 0) return
    able.reduce((widest, one) => (one.width > widest.width ? one : widest)).width--
  }
}
