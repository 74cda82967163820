/** What needs a person, each with the way to where something can be done about it. */
import type { ReactNode } from 'react'
import { useConsole } from '../app/console-context.js'
import { Link } from '../app/link.js'
import { ActorLink } from '../parts/actor-link.js'
import { many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Icon } from '../parts/icon.js'
import { Panel } from '../parts/panel.js'
import { plainLine } from '../parts/plain.js'
import type { Concern } from './attention.js'

const SHOWN = 5

export function Attention({ concerns }: { readonly concerns: readonly Concern[] }): ReactNode {
  const { router } = useConsole()
  const rest = concerns.length - SHOWN
  return (
    <Panel title="Needs attention" note={concerns.length} isFlush>
      <ul className="attention-list">
        {concerns.slice(0, SHOWN).map((concern) => (
          <ConcernLine key={concern.key} concern={concern} />
        ))}
      </ul>
      {rest > 0 && (
        <div className="concern-more">
          <Button
            kind="quiet"
            isSmall
            icon="down"
            onClick={() => router.ask({ trouble: '1', q: undefined, status: undefined, logic: undefined })}
          >
            Show {many(rest, 'more', 'more')} in the tree
          </Button>
        </div>
      )}
    </Panel>
  )
}

function ConcernLine({ concern }: { readonly concern: Concern }): ReactNode {
  const { tone, icon, path, peer, what, why } = concern
  return (
    <li className="concern">
      <span className={`concern-icon badge-${tone}`}>
        <Icon name={icon} />
      </span>
      <div className="concern-text">
        <div className="concern-what">
          {path !== undefined && <ActorLink path={path} />} {peer !== undefined && <strong>{plainLine(peer)}</strong>}{' '}
          {what}
        </div>
        {why !== undefined && (
          <div className="concern-why" title={plainLine(why)}>
            {plainLine(why)}
          </div>
        )}
      </div>
      <ConcernAction concern={concern} />
    </li>
  )
}

function ConcernAction({ concern }: { readonly concern: Concern }): ReactNode {
  const { path, peer, icon } = concern
  if (peer !== undefined)
    return (
      <Link className="button button-small" to={{ view: 'links' }}>
        Links
      </Link>
    )
  if (icon === 'deadLetters')
    return (
      <Link className="button button-small" to={{ view: 'deadLetters' }}>
        Dead letters
      </Link>
    )
  if (path === undefined) return <span />
  if (icon === 'approvals')
    return (
      <Link className="button button-small" to={{ view: 'approvals' }} query={{ path }}>
        Decide
      </Link>
    )
  if (icon === 'budgets')
    return (
      <Link className="button button-small" to={{ view: 'budgets' }} query={{ path }}>
        Budget
      </Link>
    )
  return (
    <Link className="button button-small" to={{ view: 'actor', path }}>
      Why?
    </Link>
  )
}
