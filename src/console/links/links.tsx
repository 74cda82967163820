/** This node, and the links to others: whether they are up, what waits, and what is wrong. */
import { type ReactNode, useEffect, useState } from 'react'
import type { ToldPeer } from '../../control/protocol/links.js'
import type { NodeInfo } from '../../control/protocol/node.js'
import { useResource } from '../api/resource.js'
import { useIsOperator } from '../app/console-context.js'
import { useChanges } from '../live/use-changes.js'
import { durationText, many } from '../parts/amounts.js'
import { CopyButton } from '../parts/copy-button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Facts } from '../parts/facts.js'
import { Loading } from '../parts/loading.js'
import { Panel } from '../parts/panel.js'
import { plain, plainLine } from '../parts/plain.js'
import { View } from '../parts/view.js'
import { LinkCard } from './link-card.js'
import './links.css'
import { ResetDialog } from './reset-dialog.js'

/** Round trips and outboxes change all the time, and are not told each time. */
const AGAIN_MS = 2_000

export function Links(): ReactNode {
  const isOperator = useIsOperator()
  const [resetting, setResetting] = useState<ToldPeer>()
  const node = useResource<NodeInfo>('node')
  const { data, problem, reload } = useResource<{ readonly links: readonly ToldPeer[] }>('links')
  useChanges(['links'], reload)
  useEffect(() => {
    const timer = window.setInterval(reload, AGAIN_MS)
    return () => window.clearInterval(timer)
  }, [reload])
  return (
    <View
      title="Nodes and links"
      name="Links"
      about="Where this node’s actors send to and are sent from. Mail waits until a node has confirmed it."
    >
      {node.data !== undefined && <ThisNode node={node.data} />}
      {problem !== undefined && <ErrorPanel what="The links can’t be read." problem={problem} onRetry={reload} />}
      {data === undefined && problem === undefined && <Loading what="Reading the links…" />}
      {data !== undefined && data.links.length === 0 && <NoLinks />}
      {data !== undefined && data.links.length > 0 && (
        <section aria-label={many(data.links.length, 'peer')} className="link-grid">
          {data.links.map((link) => (
            <LinkCard key={link.peer} link={link} onReset={isOperator ? setResetting : undefined} />
          ))}
        </section>
      )}
      {resetting !== undefined && (
        <ResetDialog link={resetting} onClose={() => setResetting(undefined)} onDone={reload} />
      )}
    </View>
  )
}

function ThisNode({ node }: { readonly node: NodeInfo }): ReactNode {
  const { name, storeId, incarnation, version, startedMs, nowMs, logic, halted } = node
  return (
    <Panel title={plainLine(name)} note="this node">
      <div className="this-node">
        <Facts
          facts={[
            ['Runs for', durationText(nowMs - startedMs)],
            ['Started', `${many(incarnation, 'time')} with this store`],
            ['Roscius', version],
          ]}
        />
        <Facts
          facts={[
            [
              'Store',
              <span key="store" className="mono store-id">
                {plainLine(storeId)} <CopyButton text={storeId} label="Copy the store’s id" />
              </span>,
            ],
            ['Logic', many(logic.length, 'entry', 'entries')],
            ['Halted', halted && <span className="link-fault">{plain(halted)}</span>],
          ]}
        />
      </div>
    </Panel>
  )
}

function NoLinks(): ReactNode {
  return (
    <Empty icon="links" title="This node has no peers">
      <p>
        Its actors talk to each other only. To reach those of another process, give the system a transport and its
        peers.
      </p>
    </Empty>
  )
}
