/**
 * The lines of the tree that are in sight, out of ten thousand: a tree for screen readers and the keyboard, too.
 *
 * The focus stays on the tree itself, which names its present line: so a line can leave the page when it scrolls away.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useSyncExternalStore } from 'react'
import { useConsole } from '../app/console-context.js'
import { useKeys } from '../app/keys.js'
import type { RosterPicture } from '../live/roster-picture.js'
import { useIsNarrow } from '../parts/use-is-narrow.js'
import { useListKeys } from '../parts/use-list-keys.js'
import { parentOf, type TreeLine } from './flat-tree.js'
import './tree.css'
import { TreeRow } from './tree-row.js'

export interface TreeHandle {
  focus(): void
}

interface TreeProps {
  readonly ref?: Ref<TreeHandle>
  readonly roster: RosterPicture
  readonly lines: readonly TreeLine[]
}

const LINE_PX = 32
const NARROW_LINE_PX = 58

export function Tree({ ref, roster, lines }: TreeProps): ReactNode {
  const { folds, router } = useConsole()
  const scroller = useRef<HTMLDivElement>(null)
  const isNarrow = useIsNarrow()
  const linePx = isNarrow ? NARROW_LINE_PX : LINE_PX
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => linePx,
    overscan: 12,
    initialOffset: folds.scrollTop,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of lines moves all of them.
  useEffect(() => virtual.measure(), [linePx])
  const presentPath = useSyncExternalStore(folds.subscribe, folds.present)
  const present = lines.findIndex(({ path }) => path === presentPath)
  const moveTo = (index: number): void => {
    if (index < 0) return
    folds.moveTo(lines[index]?.path)
    virtual.scrollToIndex(index, { align: 'auto' })
    scroller.current?.focus({ preventScroll: true })
  }
  useImperativeHandle(ref, () => ({ focus: () => moveTo(Math.max(present, 0)) }))
  useListKeys({ count: lines.length, present, onMove: moveTo, onOpen: (i) => open(lines[i]) })
  useKeys({
    ArrowRight: () => step(lines[present], true),
    ArrowLeft: () => step(lines[present], false),
    l: () => step(lines[present], true),
    h: () => step(lines[present], false),
  })

  function open(line: TreeLine | undefined): void {
    if (line !== undefined) router.go({ view: 'actor', path: line.path })
  }

  /** Right opens a branch and then goes into it; left closes it and then goes out of it. */
  function step(line: TreeLine | undefined, isRight: boolean): void {
    if (line === undefined) moveTo(0)
    else if (line.hasBelow && line.isOpen !== isRight) folds.choose(line.path, isRight)
    else if (isRight) moveTo(Math.min(present + 1, lines.length - 1))
    else moveTo(lines.findIndex(({ path }) => path === parentOf(line.path)))
  }

  const items = virtual.getVirtualItems()
  const isPresentShown = items.some(({ index }) => index === present)
  return (
    <div className="tree">
      <div className="tree-heads" aria-hidden="true">
        <span>Actor</span>
        <span>State</span>
        <span>Last event</span>
        <span className="number">Events /s</span>
        <span className="number">Mailbox</span>
        <span className="number">Restarts</span>
        <span>Budget</span>
      </div>
      <div
        ref={scroller}
        className="tree-scroller"
        role="tree"
        aria-label="Actors"
        tabIndex={0}
        aria-activedescendant={isPresentShown ? `tree-line-${present}` : undefined}
        onScroll={(event) => {
          folds.scrollTop = event.currentTarget.scrollTop
        }}
      >
        <div role="none" className="tree-space" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const line = lines[index] as TreeLine
            const row = roster.rows.get(line.path)
            if (row === undefined) return null
            return (
              <TreeRow
                key={line.path}
                row={row}
                index={index}
                start={start}
                height={linePx}
                depth={line.depth}
                hasBelow={line.hasBelow}
                isOpen={line.isOpen}
                isMeant={line.isMeant}
                isPresent={index === present}
                place={line.place}
                of={line.of}
                folds={folds}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}
