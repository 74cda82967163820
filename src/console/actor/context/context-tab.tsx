/** The context of an actor as a tree; of logic without a context its whole state. */
import { type ReactNode, useEffect, useState } from 'react'
import { Empty } from '../../parts/empty.js'
import { ErrorPanel } from '../../parts/error-panel.js'
import { Loading } from '../../parts/loading.js'
import { TreeView } from './tree-view.js'
import { useValueTree } from './use-value-tree.js'
import './context-tab.css'

const CONTEXT = '/context'
const WHOLE = ''

interface ContextTabProps {
  readonly path: string
  readonly at: number | undefined
  readonly beat: number
}

export function ContextTab({ path, at, beat }: ContextTabProps): ReactNode {
  const [root, setRoot] = useState(CONTEXT)
  const { tree, rows, problem, retry } = useValueTree(path, root, at, beat)
  const hasNone = problem?.code === 'OPTIONS_INVALID' && root === CONTEXT
  useEffect(() => {
    if (hasNone) setRoot(WHOLE)
  }, [hasNone])
  return (
    <div className="context-tab">
      <div className="context-head">
        <label>
          <input
            type="checkbox"
            checked={root === WHOLE}
            onChange={(event) => setRoot(event.target.checked ? WHOLE : CONTEXT)}
          />
          Whole state
        </label>
        <span className="context-legend">
          <span className="context-mark" /> changed with {at === undefined ? 'the last records' : `record ${at}`}
        </span>
      </div>
      {problem !== undefined && !hasNone && (
        <ErrorPanel what="Its context can’t be read." problem={problem} onRetry={retry} />
      )}
      {problem === undefined && rows.length === 0 && <Loading what="Reading the context…" />}
      {rows.length > 0 && <TreeView key={`${path} ${root}`} path={path} tree={tree} rows={rows} at={at} />}
      {rows.length === 1 && rows[0]?.kind === 'node' && rows[0].node.size === 0 && (
        <Empty icon="question" title="There is nothing in it">
          <p>{root === CONTEXT ? 'Its context is empty.' : 'It has no state that is kept.'}</p>
        </Empty>
      )}
    </div>
  )
}
