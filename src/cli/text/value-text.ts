/** One level of a context. Pure. */
import type { ValueNode, ValueSlice } from '../../control/protocol/value.js'
import type { Paint } from './colours.js'
import { paragraph } from './paragraph.js'
import { escaped, line } from './printable.js'
import { type Column, tableText } from './table.js'
import { fitted } from './text-width.js'

const COLUMNS: readonly Column<ValueNode>[] = [
  { head: 'key', text: ({ key }) => key, least: 8 },
  { head: 'kind', text: ({ kind }) => kind, rank: 2, tone: () => 'faint' },
  {
    head: 'value',
    text: ({ text }) => text,
    least: 8,
    tone: ({ isMasked }) => (isMasked ? 'warning' : undefined),
  },
]

export function valueText(slice: ValueSlice, offset: number, width: number, paint: Paint): string {
  const { pointer, node, children, total, whole, seqNr } = slice
  const head = fitted(`${line(pointer, 200)} after record ${seqNr}: ${line(node.text)}`, width)
  // A text by itself is shown as it is, line by line.
  if (whole !== undefined)
    return `${fitted(`${line(pointer, 200)} after record ${seqNr}:`, width)}\n${textOf(whole, node, width)}`
  if (children.length === 0) return `${head}\n`
  const more = total - offset - children.length
  const rest = more > 0 ? [`… ${more} more: --offset ${offset + children.length}`] : []
  return `${[head, '', tableText(COLUMNS, children, width, paint), ...rest].join('\n')}\n`
}

function textOf(whole: string, { length = whole.length }: ValueNode, width: number): string {
  const missing = length - whole.length
  const more = missing > 0 ? escaped(`… ${missing} more characters`) : ''
  return `${paragraph(whole, width)}${more === '' ? '' : `${more}\n`}`
}
