/** Events that nobody could take: why, and whether to try again or to let them go. */
import { type ReactNode, useState } from 'react'
import type { DeadLetterPage, Outcomes, ToldDeadLetter } from '../../control/protocol/lists.js'
import { useResource } from '../api/resource.js'
import { useConsole, useIsOperator } from '../app/console-context.js'
import { usePlace } from '../app/router.js'
import { useChanges } from '../live/use-changes.js'
import { countText, many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { tellOutcomes } from '../parts/outcome-text.js'
import { SearchField } from '../parts/search-field.js'
import { useListKeys } from '../parts/use-list-keys.js'
import { useSelection } from '../parts/use-selection.js'
import { View } from '../parts/view.js'
import './dead-letters.css'
import { DiscardDialog } from './discard-dialog.js'
import { LetterTable } from './letter-table.js'
import { REASONS } from './reasons.js'

const PAGE = 100
const NONE: readonly ToldDeadLetter[] = []

export function DeadLetters(): ReactNode {
  const { api, router, toasts } = useConsole()
  const { query } = usePlace()
  const isOperator = useIsOperator()
  const [search, reason] = [query.get('q') ?? '', query.get('reason') ?? '']
  const offset = Number(query.get('offset') ?? 0) || 0
  const page = useResource<DeadLetterPage>('dead-letters', { search, reason, offset, limit: PAGE })
  useChanges(['deadLetters'], page.reload)
  const letters = page.data?.letters ?? NONE
  const total = page.data?.total ?? 0
  const selection = useSelection(letters.map(({ id }) => id))
  const [present, setPresent] = useState(-1)
  const [opened, setOpened] = useState<string>()
  const [discarding, setDiscarding] = useState<readonly string[]>()
  const open = (index: number): void => {
    const id = letters[index]?.id
    setPresent(index)
    setOpened((before) => (before === id ? undefined : id))
  }
  useListKeys({
    count: letters.length,
    present,
    onMove: setPresent,
    onOpen: open,
    onToggle: (index) => selection.toggle((letters[index] as ToldDeadLetter).id),
  })
  const order = async (route: 'retry' | 'discard', ids: readonly string[]): Promise<void> => {
    const done = route === 'retry' ? 'sent again' : 'discarded'
    try {
      tellOutcomes(toasts, await api.post<Outcomes>(`dead-letters/${route}`, { ids }), done)
      selection.clear()
    } catch (error) {
      toasts.failed(`Nothing was ${done}.`, error)
    }
    page.reload()
  }
  const hasFilter = search !== '' || reason !== ''
  return (
    <View
      title="Dead letters"
      name="Dead letters"
      about="Events that were accepted and that nobody could take. None is lost: each is sent again or discarded by you."
    >
      <div className="toolbar">
        <SearchField label="Receiver or event" value={search} onChange={(q) => router.ask({ q, offset: '' })} />
        <select
          className="input"
          aria-label="Reason"
          value={reason}
          onChange={(event) => router.ask({ reason: event.target.value, offset: '' })}
        >
          <option value="">Any reason</option>
          {Object.entries(REASONS).map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {page.problem !== undefined && (
        <ErrorPanel what="The dead letters can’t be read." problem={page.problem} onRetry={page.reload} />
      )}
      {page.data === undefined && page.problem === undefined && <Loading what="Reading the dead letters…" />}
      {page.data !== undefined && letters.length === 0 && <NoLetters hasFilter={hasFilter} />}
      {letters.length > 0 && (
        <LetterTable
          letters={letters}
          present={present}
          opened={opened}
          selection={selection}
          isOperator={isOperator}
          onOpen={open}
          onRetry={(ids) => void order('retry', ids)}
          onDiscard={setDiscarding}
        />
      )}
      {total > PAGE && <Pages offset={offset} total={total} />}
      {discarding !== undefined && (
        <DiscardDialog
          count={discarding.length}
          onClose={() => setDiscarding(undefined)}
          onDiscard={() => {
            setDiscarding(undefined)
            void order('discard', discarding)
          }}
        />
      )}
    </View>
  )
}

function NoLetters({ hasFilter }: { readonly hasFilter: boolean }): ReactNode {
  const { router } = useConsole()
  if (hasFilter)
    return (
      <Empty icon="search" title="No dead letter is like that">
        <Button onClick={() => router.ask({ q: '', reason: '', offset: '' })}>Show all</Button>
      </Empty>
    )
  return (
    <Empty icon="deadLetters" title="No dead letters">
      <p>
        Every event that was accepted has reached its actor. One whose receiver has ended, or that fails it each time,
        comes to rest here.
      </p>
    </Empty>
  )
}

function Pages({ offset, total }: { readonly offset: number; readonly total: number }): ReactNode {
  const { router } = useConsole()
  const last = Math.min(offset + PAGE, total)
  return (
    <nav className="toolbar" aria-label="Pages">
      <Button
        icon="back"
        disabled={offset === 0}
        onClick={() => router.ask({ offset: String(Math.max(offset - PAGE, 0)) })}
      >
        Newer
      </Button>
      <span className="faint">
        {countText(offset + 1)} to {countText(last)} of {many(total, 'letter')}
      </span>
      <Button disabled={last >= total} onClick={() => router.ask({ offset: String(offset + PAGE) })}>
        Older
      </Button>
    </nav>
  )
}
