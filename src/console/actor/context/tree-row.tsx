import { memo, type ReactNode } from 'react'
import { groupedText } from '../../parts/amounts.js'
import { Button } from '../../parts/button.js'
import { Icon } from '../../parts/icon.js'
import { plainLine } from '../../parts/plain.js'
import type { GapRow, NodeRow } from './value-tree.js'

export interface RowActs {
  readonly toggle: (pointer: string) => void
  /** A long text, on its own. */
  readonly open: (pointer: string) => void
  readonly copyPath: (pointer: string) => void
  readonly copyValue: (pointer: string) => void
}

interface NodeLineProps {
  readonly id: string
  readonly row: NodeRow
  readonly top: number
  readonly isPresent: boolean
  /** Of which record it is: a change is shown for each anew. */
  readonly stamp: number
  readonly acts: RowActs
  readonly onChoose: () => void
}

const INDENT_PX = 14

/** One field, element or entry. */
export const NodeLine = memo(
  function NodeLine({ id, row, top, isPresent, stamp, acts, onChoose }: NodeLineProps) {
    const { node, depth, isOpen, isChanged, pointer } = row
    const canOpen = node.size > 0
    const choose = (): void => {
      onChoose()
      if (canOpen) acts.toggle(pointer)
    }
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for all of its rows.
      <div
        id={id}
        role="treeitem"
        tabIndex={-1}
        aria-level={depth + 1}
        aria-expanded={canOpen ? isOpen : undefined}
        aria-selected={isPresent}
        aria-posinset={row.place}
        aria-setsize={row.siblings}
        className="tree-row"
        data-change={isChanged ? node.change : undefined}
        style={{ transform: `translateY(${top}px)`, paddingLeft: 8 + Math.min(depth, 24) * INDENT_PX }}
        onClick={choose}
      >
        {isChanged && <span key={stamp} className="tree-flash" aria-hidden="true" />}
        <span className="tree-fold" data-open={isOpen}>
          {canOpen && <Icon name="chevron" size={12} />}
        </span>
        <Key row={row} />
        <Value row={row} onOpen={() => acts.open(pointer)} />
        {isChanged && <span className="hidden">{node.change}</span>}
        <span className="tree-acts">
          <Button
            kind="quiet"
            isSmall
            label="Copy its path (p)"
            icon="links"
            tabIndex={-1}
            onClick={(event) => act(event, () => acts.copyPath(pointer))}
          />
          <Button
            kind="quiet"
            isSmall
            label="Copy its value (c)"
            icon="copy"
            tabIndex={-1}
            onClick={(event) => act(event, () => acts.copyValue(pointer))}
          />
        </span>
      </div>
    )
  },
  (before, after) =>
    before.row === after.row &&
    before.top === after.top &&
    before.isPresent === after.isPresent &&
    before.stamp === after.stamp,
)

function act(event: { stopPropagation(): void }, then: () => void): void {
  event.stopPropagation()
  then()
}

function Key({ row: { node, of, depth, pointer } }: { readonly row: NodeRow }): ReactNode {
  if (depth === 0) return <span className="tree-key">{pointer === '' ? 'state' : pointer.slice(1)}</span>
  const isElement = of === 'array' || of === 'set'
  return <span className={isElement ? 'tree-index' : 'tree-key'}>{plainLine(node.key, 120)}</span>
}

function Value({ row: { node }, onOpen }: { readonly row: NodeRow; readonly onOpen: () => void }): ReactNode {
  const { kind, text, isMasked, length } = node
  if (isMasked)
    return (
      <span className="tree-masked" title="The node does not show it: it looks like a secret.">
        {kind === 'string' || kind === 'number' ? plainLine(text, 60) : 'masked'} <em>masked</em>
      </span>
    )
  return (
    <>
      <span className="tree-value" data-kind={kind}>
        {plainLine(text, 240)}
      </span>
      {length !== undefined && (
        <button type="button" className="tree-more" tabIndex={-1} onClick={(event) => act(event, onOpen)}>
          all {groupedText(length)} characters
        </button>
      )}
      {(kind === 'date' || kind === 'bigint' || kind === 'ref') && <span className="tree-kind">{kind}</span>}
    </>
  )
}

interface GapLineProps {
  readonly row: GapRow
  readonly place: { readonly top: number; readonly height: number }
  readonly onRetry: () => void
}

/** Rows that are still to come. */
export function GapLine({ row: { problem, count, depth }, place: { top, height }, onRetry }: GapLineProps): ReactNode {
  return (
    <div
      className="tree-gap"
      role="presentation"
      style={{ transform: `translateY(${top}px)`, height, paddingLeft: 26 + depth * INDENT_PX }}
    >
      {problem === undefined ? (
        <span>{count === 1 ? 'reading…' : `reading ${count} more…`}</span>
      ) : (
        <button type="button" className="tree-more" onClick={onRetry}>
          {plainLine(problem, 200)} Try again.
        </button>
      )}
    </div>
  )
}
