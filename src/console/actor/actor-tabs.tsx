/** What is known of an actor, a tab for each side of it. Which one is chosen stands in the address. */
import type { ReactNode } from 'react'
import type { ActorDetail } from '../../control/protocol/actors.js'
import { useResource } from '../api/resource.js'
import { useConsole } from '../app/console-context.js'
import { type Tab, Tabs } from '../parts/tabs.js'
import { AboutTab } from './about/about-tab.js'
import { DecisionsTab } from './about/decisions-tab.js'
import { ContextTab } from './context/context-tab.js'
import type { Events } from './now/events-panel.js'
import { NowTab } from './now/now-tab.js'
import { JournalList } from './past/journal-list.js'
import type { JournalStore } from './past/journal-store.js'
import { RecordTab } from './past/record-tab.js'
import type { ShownMoment } from './past/use-moment.js'
import { WhyTab } from './why/why-tab.js'

type TabKey = 'chart' | 'now' | 'record' | 'context' | 'journal' | 'why' | 'about' | 'decisions'

interface ActorTabsProps {
  readonly chosen: string | null
  readonly path: string
  readonly at: number | undefined
  readonly actor: ActorDetail
  readonly events: Events
  readonly contextBeat: number
  readonly onSend: ((type: string) => void) | undefined
  /** Undefined if none is kept. */
  readonly journal: JournalStore | undefined
  readonly shown: ShownMoment
  /** Where there is no room for it beside the tabs. */
  readonly chart: ReactNode | undefined
}

type Decisions = { readonly decisions: readonly Record<string, unknown>[] }

/** Tabs whose content fills them and scrolls by itself. */
const FILLED: ReadonlySet<TabKey> = new Set<TabKey>(['chart', 'context', 'journal'])

export function ActorTabs(props: ActorTabsProps): ReactNode {
  const { router } = useConsole()
  const { path, at, chosen, chart, journal } = props
  const decisions = useResource<Decisions>('actor/decisions', { path }).data?.decisions ?? []
  const first: TabKey = chart !== undefined ? 'chart' : at === undefined ? 'now' : 'record'
  const tabs: readonly Tab<TabKey>[] = [
    ...(chart === undefined ? [] : [{ key: 'chart' as const, label: 'Chart' }]),
    at === undefined ? { key: 'now' as const, label: 'Now' } : { key: 'record' as const, label: 'Record' },
    { key: 'context', label: 'Context' },
    ...(journal === undefined ? [] : [{ key: 'journal' as const, label: 'Journal' }]),
    { key: 'why', label: 'Why' },
    { key: 'about', label: 'About' },
    ...(decisions.length === 0 ? [] : [{ key: 'decisions' as const, label: 'Decisions', note: decisions.length }]),
  ]
  const key = tabs.find((tab) => tab.key === chosen)?.key ?? otherTime(chosen, at) ?? first
  return (
    <Tabs
      label="Sides of the actor"
      tabs={tabs}
      chosen={key}
      onChoose={(next) => router.ask({ tab: next === first ? undefined : next })}
    >
      {FILLED.has(key) ? (
        <div className="actor-filled" data-tab={key}>
          {contentOf(key, props, decisions)}
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys.
        <section className="actor-tab" aria-label={tabs.find((tab) => tab.key === key)?.label} tabIndex={0}>
          {contentOf(key, props, decisions)}
        </section>
      )}
    </Tabs>
  )
}

/** What is the present now is the record in the past. */
function otherTime(chosen: string | null, at: number | undefined): TabKey | undefined {
  if (chosen === 'now' && at !== undefined) return 'record'
  return chosen === 'record' && at === undefined ? 'now' : undefined
}

function contentOf(key: TabKey, props: ActorTabsProps, decisions: Decisions['decisions']): ReactNode {
  const { path, at, actor, events, contextBeat, onSend, journal, shown, chart } = props
  switch (key) {
    case 'chart':
      return chart
    case 'now':
      return <NowTab actor={actor} events={events} onSend={onSend} />
    case 'record':
      return <RecordTab shown={shown} />
    case 'context':
      return <ContextTab path={path} at={at} beat={contextBeat} />
    case 'journal':
      return journal && <JournalList path={path} journal={journal} at={at} />
    case 'why':
      return (
        <WhyTab path={path} types={(events.data?.events ?? []).map(({ type }) => type)} version={actor.row.seqNr} />
      )
    case 'about':
      return <AboutTab actor={actor} />
    case 'decisions':
      return <DecisionsTab decisions={decisions} />
  }
}
