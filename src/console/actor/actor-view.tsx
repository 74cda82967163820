/**
 * One actor: its statechart, live or at any record of its past, with all that is known of it beside that. On a narrow window the
 * statechart is one of the tabs.
 */
import { type ReactNode, useState } from 'react'
import type { ActorDetail, ActorRow } from '../../control/protocol/actors.js'
import { useConsole, useIsOperator } from '../app/console-context.js'
import { usePlace } from '../app/router.js'
import { shownPath } from '../parts/actor-link.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { plain } from '../parts/plain.js'
import { View } from '../parts/view.js'
import { ActorFacts } from './actor-facts.js'
import { ActorOrders } from './actor-orders.js'
import { ActorTabs } from './actor-tabs.js'
import { ActorTitle } from './actor-title.js'
import { ChartPane } from './chart-pane.js'
import type { Events } from './now/events-panel.js'
import type { Bounds } from './past/journal-store.js'
import { TravelBar } from './past/travel-bar.js'
import { useJournal } from './past/use-journal.js'
import { useMoment } from './past/use-moment.js'
import { useTravel } from './past/use-travel.js'
import { SendDialog } from './send/send-dialog.js'
import { useActor, type WatchedActor } from './use-actor.js'
import { useFollowing } from './use-following.js'
import { useIsNarrow } from './use-is-narrow.js'
import './actor-view.css'

interface ActorViewProps {
  readonly path: string
  /** After which record; undefined: now. */
  readonly at?: number | undefined
}

export function ActorView({ path, at }: ActorViewProps): ReactNode {
  const watched = useActor(path)
  const { actor, problem, reload } = watched
  const name = shownPath(path)
  if (actor !== undefined) return <OpenActor path={path} at={at} actor={actor} watched={watched} name={name} />
  return (
    <View title={<ActorTitle path={path} />} name={name}>
      {problem === undefined && <Loading what="Looking for the actor…" />}
      {problem?.status === 404 && <Missing path={path} />}
      {problem !== undefined && problem.status !== 404 && (
        <ErrorPanel what="This actor can’t be shown." problem={problem} onRetry={reload} />
      )}
    </View>
  )
}

function Missing({ path }: { readonly path: string }): ReactNode {
  const { router } = useConsole()
  const parent = path.split('/').slice(0, -1).join('/')
  return (
    <Empty icon="question" title="There is no such actor">
      <p>
        It may have ended and been forgotten, or the address has a mistake. Ctrl K finds actors by a part of their path.
      </p>
      {parent !== '' && (
        <Button onClick={() => router.go({ view: 'actor', path: parent })}>Go to the actor above</Button>
      )}
      <Button kind="primary" onClick={() => router.go({ view: 'overview' })}>
        Go to the overview
      </Button>
    </Empty>
  )
}

interface OpenActorProps extends ActorViewProps {
  readonly actor: ActorDetail
  readonly watched: WatchedActor
  readonly name: string
}

function OpenActor({ path, at, actor, watched, name }: OpenActorProps): ReactNode {
  const { row } = actor
  const canSend = useIsOperator() && actor.can.send && at === undefined
  const events: Events = useFollowing('actor/events', { path }, row.seqNr)
  const [sending, setSending] = useState<{ readonly type: string | undefined }>()
  const onSend = canSend ? (type: string) => setSending({ type }) : undefined
  return (
    <View
      title={<ActorTitle path={path} />}
      name={name}
      about={<ActorFacts actor={actor} />}
      actions={<ActorOrders actor={actor} onSend={() => setSending({ type: undefined })} onDone={watched.reload} />}
      isFull
    >
      <Body
        path={path}
        at={at}
        actor={actor}
        isGone={watched.isGone}
        events={events}
        contextBeat={watched.contextBeat}
        onSend={onSend}
      />
      {sending !== undefined && (
        <SendDialog
          path={path}
          events={events.data?.events ?? []}
          type={sending.type}
          until={waitsUntil(actor.row)}
          onClose={() => setSending(undefined)}
        />
      )}
    </View>
  )
}

function waitsUntil({ isPaused, status }: ActorRow): string | undefined {
  if (isPaused) return 'it is resumed'
  return status === 'restarting' ? 'it is back' : undefined
}

/** What else is told of an actor is what it waits for, such as whoever paused it. */
const FAILED: ReadonlySet<string> = new Set(['failed', 'quarantined', 'restarting'])

interface TroubleProps {
  readonly actor: ActorDetail
  readonly isGone: boolean
  /** To the record of it; undefined where none is kept, or where one is there already. */
  readonly onFailure: (() => void) | undefined
}

function Trouble({ actor, isGone, onFailure }: TroubleProps): ReactNode {
  if (isGone) return <p className="actor-trouble">It is no more: what stands here is the last that was heard of it.</p>
  if (actor.trouble === undefined) return null
  const isFailure = FAILED.has(actor.row.status)
  return (
    <div className={isFailure ? 'actor-trouble' : 'actor-trouble actor-wait'}>
      <p role={isFailure ? 'alert' : 'status'}>{plain(actor.trouble, 2_000)}</p>
      {isFailure && onFailure !== undefined && (
        <Button isSmall icon="fault" onClick={onFailure}>
          Go to the failure
        </Button>
      )}
    </div>
  )
}

interface BodyProps {
  readonly path: string
  readonly at: number | undefined
  readonly actor: ActorDetail
  readonly isGone: boolean
  readonly events: Events
  readonly contextBeat: number
  readonly onSend: ((type: string) => void) | undefined
}

/** Logic that keeps no journal has only a present. */
const NONE: Bounds = { first: 0, last: -1 }

function Body({ path, at, actor, isGone, events, contextBeat, onSend }: BodyProps): ReactNode {
  const bounds = actor.journal ?? NONE
  const journal = useJournal(path, bounds)
  const shown = useMoment(path, at, at === undefined || at >= bounds.last ? undefined : at + 1)
  const travel = useTravel(path, at, journal, shown.isCurrent)
  const isNarrow = useIsNarrow()
  const { query } = usePlace()
  const { moment } = shown
  const isComing = at !== undefined && moment === undefined && shown.problem === undefined
  const chart = isComing ? (
    <Loading what="Reading the record…" />
  ) : (
    <ChartPane
      hash={moment?.chart ?? actor.chart}
      logic={actor.row.logic}
      active={at === undefined ? actor.active : (moment?.active ?? [])}
      last={at === undefined ? actor.lastTransitions : (moment?.transitions ?? [])}
      beat={at ?? actor.row.seqNr}
      enabled={events.data?.events ?? []}
      onEvent={onSend}
    />
  )
  const canSearch = actor.journal !== undefined && at === undefined
  return (
    <>
      <Trouble actor={actor} isGone={isGone} onFailure={canSearch ? () => travel.failure(-1) : undefined} />
      <div className="actor-body" data-past={at !== undefined}>
        {!isNarrow && <div className="actor-chart">{chart}</div>}
        <div className="actor-side">
          <ActorTabs
            chosen={query.get('tab')}
            path={path}
            at={at}
            actor={actor}
            events={events}
            contextBeat={contextBeat}
            onSend={onSend}
            journal={actor.journal === undefined ? undefined : journal}
            shown={shown}
            chart={isNarrow ? chart : undefined}
          />
        </div>
        {actor.journal !== undefined && (
          <div className="actor-travel">
            <TravelBar path={path} journal={journal} travel={travel} />
          </div>
        )}
      </div>
    </>
  )
}
