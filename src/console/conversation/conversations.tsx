/** Who said what to whom: the recent conversations at the left, the messages of one as a sequence at the right. */
import { type ReactNode, useRef, useState } from 'react'
import type { ConversationRow } from '../../control/protocol/lists.js'
import { useResource } from '../api/resource.js'
import { useConsole } from '../app/console-context.js'
import { Link } from '../app/link.js'
import { useTopic } from '../live/live.js'
import { useAgain } from '../live/use-changes.js'
import { shownPath } from '../parts/actor-link.js'
import { durationText, many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { eventName } from '../parts/event-name.js'
import { Loading } from '../parts/loading.js'
import { Panel } from '../parts/panel.js'
import { SearchField } from '../parts/search-field.js'
import { Ago } from '../parts/time.js'
import { useGathered } from '../parts/use-gathered.js'
import { useIsNarrow } from '../parts/use-is-narrow.js'
import { useListKeys } from '../parts/use-list-keys.js'
import { View } from '../parts/view.js'
import { Conversation } from './conversation.js'
import './conversations.css'

interface Recent {
  readonly conversations: readonly ConversationRow[]
}

/** How soon after something new the list is read again. */
const GATHER_MS = 2_000

export function Conversations({ id }: { readonly id?: string | undefined }): ReactNode {
  const { router } = useConsole()
  const isNarrow = useIsNarrow()
  const [search, setSearch] = useState('')
  const [hasSingles, setHasSingles] = useState(false)
  const recent = useResource<Recent>('conversations', { min: hasSingles ? 1 : 2 })
  const { problem, reload } = recent
  // While the longer or shorter list comes, the one before stays.
  const before = useRef<Recent>(undefined)
  before.current = recent.data ?? before.current
  const data = before.current
  const soon = useGathered(reload, GATHER_MS)
  useTopic({ topic: 'timeline', kinds: ['unit'], sample: 20 }, ({ kind }) => {
    if (kind === 'items') soon()
  })
  useAgain(reload)
  const rows = (data?.conversations ?? []).filter((row) => isMeant(row, search.toLowerCase()))
  // The first of the list is another one each moment; the one that is read stays.
  const first = useRef<string>(undefined)
  first.current ??= rows[0]?.id
  const shown = id ?? (isNarrow ? undefined : first.current)
  const open = (index: number): void => {
    const next = rows[index]
    if (next !== undefined) router.go({ view: 'conversation', id: next.id }, {}, true)
  }
  useListKeys({ count: rows.length, present: rows.findIndex((row) => row.id === shown), onMove: open })
  const isEmpty = data !== undefined && data.conversations.length === 0 && !hasSingles
  return (
    <View
      title="Conversations"
      name="Conversations"
      about="Every message that one event led to, from actor to actor."
      isFull
    >
      {problem !== undefined && (
        <ErrorPanel what="The conversations can’t be read." problem={problem} onRetry={reload} />
      )}
      {data === undefined && problem === undefined && <Loading what="Reading the conversations…" />}
      {isEmpty && id === undefined && (
        <Empty icon="conversations" title="No conversations yet">
          <p>As soon as an actor sends an event to another one, the whole exchange appears here, in its order.</p>
          <Button onClick={() => setHasSingles(true)}>Also show single messages</Button>
        </Empty>
      )}
      {(!isEmpty || id !== undefined) && data !== undefined && (
        <div className="talks">
          {(!isNarrow || id === undefined) && (
            <Panel className="talk-list" title="Recent" note={many(rows.length, 'conversation')} isFlush>
              <div className="toolbar talk-search">
                <SearchField label="Actor or event" value={search} onChange={setSearch} />
                <label className="talk-singles">
                  <input
                    type="checkbox"
                    checked={hasSingles}
                    onChange={(event) => setHasSingles(event.target.checked)}
                  />
                  Also single messages
                </label>
              </div>
              {rows.length === 0 && (
                <p className="talk-none faint">
                  {search === '' ? 'No message has come to any actor so far.' : 'None is like that.'}
                </p>
              )}
              <ul>
                {rows.map((row) => (
                  <TalkEntry key={row.id} row={row} isShown={row.id === shown} />
                ))}
              </ul>
            </Panel>
          )}
          {shown !== undefined && <Conversation key={shown} id={shown} isAlone={isNarrow} />}
        </div>
      )}
    </View>
  )
}

function TalkEntry({ row, isShown }: { readonly row: ConversationRow; readonly isShown: boolean }): ReactNode {
  const { id, event, actors, messages, isWhole, firstMs, lastMs } = row
  return (
    <li className={isShown ? 'talk-entry is-shown' : 'talk-entry'}>
      <Link to={{ view: 'conversation', id }} aria-current={isShown ? 'true' : undefined}>
        <span className="talk-event mono cut">{eventName(event)}</span>
        <span className="talk-actors cut">{actors.map(shownPath).join(', ')}</span>
        <span className="faint">
          {isWhole ? many(messages, 'message') : `more than ${many(messages, 'message')}`}
          {lastMs - firstMs >= 1_000 && ` over ${durationText(lastMs - firstMs)}`} · <Ago atMs={lastMs} />
        </span>
      </Link>
    </li>
  )
}

function isMeant({ event, actors, id }: ConversationRow, text: string): boolean {
  return text === '' || [event, id, ...actors].some((each) => each.toLowerCase().includes(text))
}
