/** Dead letters in lines; an opened one shows why it is dead and what it holds. */
import { Fragment, type ReactNode } from 'react'
import type { ToldDeadLetter } from '../../control/protocol/lists.js'
import { ActorLink, Sender } from '../parts/actor-link.js'
import { many } from '../parts/amounts.js'
import { Badge } from '../parts/badge.js'
import { Button } from '../parts/button.js'
import { CheckAll } from '../parts/check-all.js'
import { Facts } from '../parts/facts.js'
import '../parts/list.css'
import { Panel } from '../parts/panel.js'
import { plain, plainLine } from '../parts/plain.js'
import { Ago, Clock } from '../parts/time.js'
import type { Selection } from '../parts/use-selection.js'
import { REASONS } from './reasons.js'

interface LetterTableProps {
  readonly letters: readonly ToldDeadLetter[]
  /** Index of the line that the keyboard is at. */
  readonly present: number
  readonly opened: string | undefined
  readonly selection: Selection
  readonly isOperator: boolean
  readonly onOpen: (index: number) => void
  readonly onRetry: (ids: readonly string[]) => void
  readonly onDiscard: (ids: readonly string[]) => void
}

export function LetterTable(props: LetterTableProps): ReactNode {
  const { letters, present, opened, selection, isOperator, onOpen, onRetry, onDiscard } = props
  const { ids } = selection
  return (
    <Panel
      title={ids.length > 0 ? `${ids.length} selected` : many(letters.length, 'letter')}
      isFlush
      actions={
        isOperator &&
        ids.length > 0 && (
          <>
            <Button isSmall icon="retry" onClick={() => onRetry(ids)}>
              Send again
            </Button>
            <Button isSmall icon="trash" onClick={() => onDiscard(ids)}>
              Discard…
            </Button>
          </>
        )
      }
    >
      <table className="table letters">
        <thead>
          <tr>
            {isOperator && (
              <th className="check-cell">
                <CheckAll selection={selection} label="Select all" />
              </th>
            )}
            <th>Event</th>
            <th>For</th>
            <th>From</th>
            <th>Why</th>
            <th className="number">When</th>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter, index) => (
            <Fragment key={letter.id}>
              <Line
                letter={letter}
                isPresent={index === present}
                isOpen={letter.id === opened}
                isSelected={selection.has(letter.id)}
                onSelect={isOperator ? () => selection.toggle(letter.id) : undefined}
                onOpen={() => onOpen(index)}
              />
              {letter.id === opened && (
                <Opened letter={letter} isOperator={isOperator} onRetry={onRetry} onDiscard={onDiscard} />
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

interface LineProps {
  readonly letter: ToldDeadLetter
  readonly isPresent: boolean
  readonly isOpen: boolean
  readonly isSelected: boolean
  readonly onSelect: (() => void) | undefined
  readonly onOpen: () => void
}

function Line({ letter, isPresent, isOpen, isSelected, onSelect, onOpen }: LineProps): ReactNode {
  const { event, path, from, reason, atMs } = letter
  return (
    <tr className={`can-open ${isPresent ? 'is-present' : ''}`}>
      {onSelect !== undefined && (
        <td className="check-cell">
          <input
            type="checkbox"
            aria-label={`Select ${plainLine(event.type, 100)}`}
            checked={isSelected}
            onChange={onSelect}
          />
        </td>
      )}
      <td className="letter-event">
        <button type="button" className="letter-open mono" aria-expanded={isOpen} onClick={onOpen}>
          {plainLine(event.type, 200)}
        </button>
      </td>
      <td className="wide-cell" data-name="for">
        <ActorLink path={path} />
      </td>
      <td className="wide-cell" data-name="from">
        <Sender from={from} />
      </td>
      <td>
        <Badge tone={reason === 'poison' ? 'bad' : 'warn'}>
          {Object.hasOwn(REASONS, reason) ? REASONS[reason] : plainLine(reason, 80)}
        </Badge>
      </td>
      <td className="number faint">
        <Ago atMs={atMs} />
      </td>
    </tr>
  )
}

type OpenedProps = Pick<LetterTableProps, 'isOperator' | 'onRetry' | 'onDiscard'> & { readonly letter: ToldDeadLetter }

function Opened({ letter, isOperator, onRetry, onDiscard }: OpenedProps): ReactNode {
  const { id, why, error, event, atMs } = letter
  return (
    <tr className="letter-opened">
      <td className="wide-cell" colSpan={6}>
        <p className="letter-why">{plain(why)}</p>
        <Facts
          facts={[
            ['Error', error && <span className="letter-error">{plain(error)}</span>],
            ['Fields', event.fields && <code>{plain(event.fields)}</code>],
            ['At', <Clock key="at" atMs={atMs} />],
          ]}
        />
        {isOperator && (
          <div className="toolbar">
            <Button isSmall icon="retry" onClick={() => onRetry([id])}>
              Send again
            </Button>
            <Button isSmall icon="trash" onClick={() => onDiscard([id])}>
              Discard…
            </Button>
          </div>
        )}
      </td>
    </tr>
  )
}
