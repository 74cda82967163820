/** The actors that run a logic, page by page. */
import { type ReactNode, useState } from 'react'
import type { ActorPage } from '../../control/protocol/actors.js'
import { useResource } from '../api/resource.js'
import { ActorLink } from '../parts/actor-link.js'
import { countText } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { Panel } from '../parts/panel.js'
import { StateLine } from '../parts/state-line.js'
import { StatusDot, shownStatus } from '../parts/status.js'

const PAGE = 50

export function ActorsOf({ logic }: { readonly logic: string }): ReactNode {
  const [offset, setOffset] = useState(0)
  const { data, problem, reload } = useResource<ActorPage>('actors', { logic, offset, limit: PAGE })
  const total = data?.total ?? 0
  return (
    <Panel
      title="Actors"
      note={data && countText(total)}
      isFlush
      actions={<Button kind="quiet" icon="retry" label="Read again" isSmall onClick={reload} />}
    >
      {problem !== undefined && data === undefined && (
        <ErrorPanel what="The actors can’t be read." problem={problem} onRetry={reload} />
      )}
      {data === undefined && problem === undefined && <Loading what="Reading…" />}
      {data !== undefined && total === 0 && (
        <p className="actors-none">None runs it now. One that is spawned shows up here.</p>
      )}
      <ul className="actors-of">
        {data?.rows.map((row) => (
          <li key={row.path}>
            <StatusDot status={shownStatus(row)} />
            <span className="hidden">{shownStatus(row)}</span>
            <ActorLink path={row.path} />
            <StateLine state={row.state} />
          </li>
        ))}
      </ul>
      {total > PAGE && (
        <p className="actors-pages">
          <Button isSmall disabled={offset === 0} onClick={() => setOffset(offset - PAGE)}>
            Before
          </Button>
          {offset + 1} to {Math.min(offset + PAGE, total)} of {countText(total)}
          <Button isSmall disabled={offset + PAGE >= total} onClick={() => setOffset(offset + PAGE)}>
            Next
          </Button>
        </p>
      )}
    </Panel>
  )
}
