/** The supervision tree with what it is filtered by; the filter is part of the address. */
import { type ReactNode, useMemo, useRef, useSyncExternalStore } from 'react'
import { useConsole } from '../app/console-context.js'
import { usePlace } from '../app/router.js'
import type { RosterPicture } from '../live/roster-picture.js'
import { countText, many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { Panel } from '../parts/panel.js'
import { SearchField } from '../parts/search-field.js'
import { hasFilter, linesOf, type TreeFilter } from './flat-tree.js'
import { Tree, type TreeHandle } from './tree.js'
import './tree-panel.css'

const STATUSES = [
  'active',
  'starting',
  'restarting',
  'paused',
  'failed',
  'quarantined',
  'missing',
  'done',
  'stopped',
] as const

export function TreePanel({ roster }: { readonly roster: RosterPicture }): ReactNode {
  const { folds, router } = useConsole()
  const { query } = usePlace()
  const tree = useRef<TreeHandle>(null)
  const version = useSyncExternalStore(folds.subscribe, folds.version)
  const filter = useFilter(query)
  const isFiltered = hasFilter(filter)
  // Without a filter it does not matter what is in the rows.
  const changed = isFiltered ? roster : roster.shape
  // biome-ignore lint/correctness/useExhaustiveDependencies: version stands for folds, changed for the roster.
  const lines = useMemo(() => linesOf(roster, folds, filter), [changed, version, filter])
  const meant = isFiltered ? lines.filter(({ isMeant }) => isMeant).length : roster.rows.size
  return (
    <Panel
      className="tree-panel"
      title="Actors"
      note={isFiltered ? `${countText(meant)} of ${countText(roster.rows.size)}` : countText(roster.rows.size)}
      isFlush
      actions={
        <>
          <Button kind="quiet" isSmall onClick={() => folds.chooseAll(true)}>
            Open all
          </Button>
          <Button kind="quiet" isSmall onClick={() => folds.chooseAll(false)}>
            Close all
          </Button>
        </>
      }
    >
      <div className="toolbar tree-toolbar">
        <SearchField
          label="Search path, logic or state"
          value={filter.search}
          onChange={(q) => router.ask({ q })}
          onLeave={() => tree.current?.focus()}
        />
        <select
          className="input"
          aria-label="Status"
          value={filter.status}
          onChange={(event) => router.ask({ status: event.target.value })}
        >
          <option value="">Any status</option>
          {STATUSES.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </select>
        <LogicSelect roster={roster} chosen={filter.logic} />
        <label className="tree-trouble">
          <input
            type="checkbox"
            checked={filter.isTrouble}
            onChange={(event) => router.ask({ trouble: event.target.checked ? '1' : '' })}
          />
          Trouble only
        </label>
      </div>
      {lines.length === 0 ? (
        <Empty icon="search" title="No actor is like that">
          <p>{many(roster.rows.size, 'actor')} are hidden by the filter.</p>
          <Button onClick={() => router.ask({ q: '', status: '', logic: '', trouble: '' })}>Show all</Button>
        </Empty>
      ) : (
        <Tree ref={tree} roster={roster} lines={lines} />
      )}
    </Panel>
  )
}

function useFilter(query: URLSearchParams): TreeFilter {
  const [search, status, logic] = ['q', 'status', 'logic'].map((name) => query.get(name) ?? '') as [
    string,
    string,
    string,
  ]
  const isTrouble = query.get('trouble') === '1'
  return useMemo(() => ({ search, status, logic, isTrouble }), [search, status, logic, isTrouble])
}

function LogicSelect({ roster, chosen }: { readonly roster: RosterPicture; readonly chosen: string }): ReactNode {
  const { router } = useConsole()
  // biome-ignore lint/correctness/useExhaustiveDependencies: logic comes and goes with actors.
  const names = useMemo(() => [...new Set([...roster.rows.values()].map(({ logic }) => logic))].sort(), [roster.shape])
  return (
    <select
      className="input tree-logic"
      aria-label="Logic"
      value={chosen}
      onChange={(event) => router.ask({ logic: event.target.value })}
    >
      <option value="">Any logic</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
      {chosen !== '' && !names.includes(chosen) && <option>{chosen}</option>}
    </select>
  )
}
