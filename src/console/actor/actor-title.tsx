/** Which actor this is, as a way down from the top: each step of it is a link. */
import { Fragment, type ReactNode } from 'react'
import { Link } from '../app/link.js'
import { shownPath } from '../parts/actor-link.js'
import './actor-title.css'

export function ActorTitle({ path }: { readonly path: string }): ReactNode {
  const segments = path.split('/')
  return (
    <span className="actor-title">
      {segments.map((segment, index) => {
        const way = segments.slice(0, index + 1).join('/')
        const name = shownPath(segment)
        return (
          <Fragment key={way}>
            {index > 0 && <span className="actor-title-slash">/</span>}
            {index === segments.length - 1 ? (
              <span className="actor-title-id">{name}</span>
            ) : (
              <Link to={{ view: 'actor', path: way }}>{name}</Link>
            )}
          </Fragment>
        )
      })}
    </span>
  )
}
