/**
 * The rows of a value's tree: only those in view are there. Arrow keys move, open and close; `c` copies the value, `p` its path,
 * Enter opens a long text.
 */
import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { ValueSlice } from '../../../control/protocol/value.js'
import { useConsole } from '../../app/console-context.js'
import { useCopy } from '../use-copy.js'
import { gathered } from './gather.js'
import { wayText } from './pointer.js'
import { TextDialog } from './text-dialog.js'
import { GapLine, NodeLine, type RowActs } from './tree-row.js'
import type { NodeRow, TreeRow, ValueTree } from './value-tree.js'
import './tree-view.css'

const ROW_PX = 26
/** So far out of view is fetched. A page that is not there yet is one item of many rows: some of them reach much further. */
const AHEAD_PX = 14 * ROW_PX

interface TreeViewProps {
  readonly path: string
  readonly tree: ValueTree
  readonly rows: readonly TreeRow[]
  readonly at: number | undefined
}

export function TreeView({ path, tree, rows, at }: TreeViewProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const [present, setPresent] = useState(0)
  const [opened, setOpened] = useState<string>()
  const acts = useActs(path, at, tree, setOpened)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(rows[index]),
    overscan: 14,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows have other heights.
  useEffect(() => virtual.measure(), [rows])
  const items = virtual.getVirtualItems()
  const top = virtual.scrollOffset ?? 0
  useMissing(tree, rows, items, { top: top - AHEAD_PX, bottom: top + (virtual.scrollRect?.height ?? 0) + AHEAD_PX })

  const go = (index: number): void => {
    const to = Math.min(Math.max(index, 0), rows.length - 1)
    setPresent(to)
    // By its place, not by its number: what is fetched meanwhile gives the rows behind it other numbers, and moves none.
    const [offset] = virtual.getOffsetForIndex(to) ?? []
    if (offset !== undefined) virtual.scrollToOffset(offset)
  }
  const press = (event: KeyboardEvent): void => {
    const row = rows[present]
    const move =
      event.ctrlKey || event.metaKey || event.altKey
        ? undefined
        : keyed(event.key, row, { rows, present, go, tree, acts })
    if (move === undefined) return
    event.preventDefault()
    event.stopPropagation()
    move()
  }
  return (
    <>
      <div
        ref={scroller}
        className="tree-scroll"
        role="tree"
        aria-label="Context"
        tabIndex={0}
        aria-activedescendant={`${id}-${present}`}
        onKeyDown={press}
      >
        <div role="presentation" className="tree-all" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, size }) => {
            const row = rows[index]
            if (row === undefined) return null
            const place = { top: start, height: size }
            return row.kind === 'gap' ? (
              <GapLine
                key={`gap ${row.page} ${row.pointer}`}
                row={row}
                place={place}
                onRetry={() => tree.need(row.pointer, row.page)}
              />
            ) : (
              <NodeLine
                key={row.pointer}
                id={`${id}-${index}`}
                row={row}
                top={start}
                isPresent={index === present}
                stamp={tree.seqNr ?? 0}
                acts={acts}
                onChoose={() => setPresent(index)}
              />
            )
          })}
        </div>
      </div>
      {opened !== undefined && <TextDialog path={path} pointer={opened} at={at} onClose={() => setOpened(undefined)} />}
    </>
  )
}

function heightOf(row: TreeRow | undefined): number {
  return row?.kind === 'gap' ? row.count * ROW_PX : ROW_PX
}

interface Stretch {
  readonly top: number
  readonly bottom: number
}

/** Pages that have come into view are fetched. */
function useMissing(
  tree: ValueTree,
  rows: readonly TreeRow[],
  items: readonly VirtualItem[],
  { top, bottom }: Stretch,
): void {
  useEffect(() => {
    for (const { index, start, end } of items) {
      const row = rows[index]
      const isNear = end > top && start < bottom
      if (isNear && row?.kind === 'gap' && row.problem === undefined) tree.need(row.pointer, row.page)
    }
  }, [tree, rows, items, top, bottom])
}

function useActs(path: string, at: number | undefined, tree: ValueTree, open: (pointer: string) => void): RowActs {
  const { api } = useConsole()
  const copy = useCopy()
  const load = (pointer: string, offset: number, limit: number): Promise<ValueSlice> =>
    api.get('actor/value', { path, at, pointer, offset, limit })
  return {
    toggle: (pointer) => tree.toggle(pointer),
    open,
    copyPath: (pointer) => copy(wayText(pointer), 'The path'),
    copyValue: (pointer) => copy(gathered(load, pointer), 'The value'),
  }
}

interface Moves {
  readonly rows: readonly TreeRow[]
  readonly present: number
  readonly go: (index: number) => void
  readonly tree: ValueTree
  readonly acts: RowActs
}

function keyed(
  key: string,
  row: TreeRow | undefined,
  { rows, present, go, tree, acts }: Moves,
): (() => void) | undefined {
  switch (key) {
    case 'ArrowDown':
      return () => go(present + 1)
    case 'ArrowUp':
      return () => go(present - 1)
    case 'PageDown':
      return () => go(present + 20)
    case 'PageUp':
      return () => go(present - 20)
    case 'Home':
      return () => go(0)
    case 'End':
      return () => go(rows.length - 1)
  }
  return row?.kind === 'node' ? keyedOn(key, row, { rows, present, go, tree, acts }) : undefined
}

function keyedOn(key: string, row: NodeRow, { rows, present, go, tree, acts }: Moves): (() => void) | undefined {
  const canOpen = row.node.size > 0
  switch (key) {
    case 'ArrowRight':
      return () => (canOpen && !row.isOpen ? tree.toggle(row.pointer) : canOpen && go(present + 1))
    case 'ArrowLeft':
      return () => (row.isOpen ? tree.toggle(row.pointer) : go(parentIndex(rows, present)))
    case 'Enter':
    case ' ':
      return () =>
        canOpen ? tree.toggle(row.pointer) : row.node.kind === 'string' && !row.node.isMasked && acts.open(row.pointer)
    case 'c':
      return () => acts.copyValue(row.pointer)
    case 'p':
      return () => acts.copyPath(row.pointer)
    default:
      return undefined
  }
}

function parentIndex(rows: readonly TreeRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0
  for (let at = index - 1; at >= 0; at--) if (rows[at]!.depth < depth) return at
  return 0
}
