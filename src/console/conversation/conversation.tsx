/** One conversation: its messages as a diagram or as a list, filtered by actor and type, growing while one looks. */
import { type ReactNode, useMemo, useState } from 'react'
import type { ToldConversation, ToldMessage } from '../../control/protocol/lists.js'
import { useResource } from '../api/resource.js'
import { useConsole } from '../app/console-context.js'
import { useTopic } from '../live/live.js'
import { useAgain } from '../live/use-changes.js'
import { shownPath } from '../parts/actor-link.js'
import { many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { eventName } from '../parts/event-name.js'
import { Loading } from '../parts/loading.js'
import { Panel } from '../parts/panel.js'
import { plainLine } from '../parts/plain.js'
import { Tabs } from '../parts/tabs.js'
import { Diagram } from './diagram.js'
import { joined } from './live-messages.js'
import { MessageList } from './message-list.js'
import { actorsOf, sequenceOf, typesOf } from './sequence.js'

interface ConversationProps {
  readonly id: string
  /** Without the list beside it. */
  readonly isAlone: boolean
}

const LOOKS = [
  { key: 'diagram', label: 'Diagram' },
  { key: 'list', label: 'List' },
] as const

const NONE: readonly ToldMessage[] = []

export function Conversation({ id, isAlone }: ConversationProps): ReactNode {
  const { router } = useConsole()
  const { data, problem, reload } = useResource<ToldConversation>('conversations/one', { id })
  const messages = useGrowing(data)
  useAgain(reload)
  const [look, setLook] = useState<'diagram' | 'list'>('diagram')
  const [actor, setActor] = useState('')
  const [type, setType] = useState('')
  const sequence = useMemo(() => sequenceOf(messages, { actor, type }), [messages, actor, type])
  return (
    <Panel
      className="talk"
      title={
        <span className="talk-title">
          {isAlone && (
            <Button
              kind="quiet"
              icon="back"
              label="All conversations"
              isSmall
              onClick={() => router.go({ view: 'conversations' })}
            />
          )}
          <span className="cut" title={plainLine(id)}>
            {messages[0] === undefined ? plainLine(id, 120) : eventName(messages[0].event.type)}
          </span>
        </span>
      }
      note={data === undefined ? undefined : many(messages.length, 'message')}
      actions={<Tabs label="Look" tabs={LOOKS} chosen={look} onChoose={setLook} />}
      isFlush
    >
      {messages.length > 0 && (
        <div className="toolbar talk-toolbar">
          <Choice
            label="Actor"
            all="All actors"
            values={actorsOf(messages)}
            chosen={actor}
            onChoose={setActor}
            shown={shownPath}
          />
          <Choice
            label="Event"
            all="All events"
            values={typesOf(messages)}
            chosen={type}
            onChoose={setType}
            shown={eventName}
          />
          {sequence.messages.length < messages.length && (
            <span className="faint">{many(sequence.messages.length, 'message')} shown</span>
          )}
          {data?.isWhole === false && <span className="talk-cut">Only a part of it: the rest is in the journals.</span>}
        </div>
      )}
      {problem !== undefined && (
        <ErrorPanel what="The conversation can’t be read." problem={problem} onRetry={reload} />
      )}
      {data === undefined && problem === undefined && <Loading what="Reading the journals…" />}
      {data !== undefined && messages.length === 0 && <NoMessages />}
      {sequence.messages.length > 0 &&
        (look === 'diagram' ? <Diagram sequence={sequence} /> : <MessageList messages={sequence.messages} />)}
    </Panel>
  )
}

/** What has been read, and what came since. */
function useGrowing(data: ToldConversation | undefined): readonly ToldMessage[] {
  const [grown, setGrown] = useState<{ readonly of: ToldConversation; readonly messages: readonly ToldMessage[] }>()
  const messages = data === undefined ? NONE : grown?.of === data ? grown.messages : data.messages
  useTopic(data === undefined ? undefined : { topic: 'timeline', kinds: ['unit'] }, (frame) => {
    if (frame.kind !== 'items' || data === undefined) return
    const next = joined(
      messages,
      frame.items.filter((item) => item.kind === 'unit'),
    )
    if (next !== messages) setGrown({ of: data, messages: next })
  })
  return messages
}

function NoMessages(): ReactNode {
  return (
    <Empty icon="conversations" title="Nothing of it is kept">
      <p>Its records may be older than what the journals keep.</p>
    </Empty>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly all: string
  readonly values: readonly string[]
  readonly chosen: string
  readonly onChoose: (value: string) => void
  readonly shown: (value: string) => string
}

function Choice({ label, all, values, chosen, onChoose, shown }: ChoiceProps): ReactNode {
  return (
    <select
      className="input talk-choice"
      aria-label={label}
      value={chosen}
      onChange={(event) => onChoose(event.target.value)}
    >
      <option value="">{all}</option>
      {values.map((value) => (
        <option key={value} value={value}>
          {shown(value)}
        </option>
      ))}
    </select>
  )
}
