/** The path of an actor as a link to it; with `at`, to a moment of its past. */
import type { ReactNode } from 'react'
import { Link } from '../app/link.js'
import './actor-link.css'
import { plainLine } from './plain.js'

interface ActorLinkProps {
  readonly path: string
  readonly at?: number | undefined
  /** Only its last segment. */
  readonly isShort?: boolean
}

export function ActorLink({ path, at, isShort }: ActorLinkProps): ReactNode {
  const name = shownPath(path)
  const slash = name.lastIndexOf('/') + 1
  return (
    <Link to={{ view: 'actor', path, at }} className="actor-link" title={name}>
      {!isShort && slash > 0 && <span className="actor-link-above">{name.slice(0, slash)}</span>}
      <span className="actor-link-id">{name.slice(slash)}</span>
      {at !== undefined && <span className="actor-link-at">#{at}</span>}
    </Link>
  )
}

/** Where mail came from: an actor of this node is a link, another node's is its address, and nobody is the outside. */
export function Sender({ from }: { readonly from: string | undefined }): ReactNode {
  if (from === undefined) return <span className="faint">outside</span>
  if (from.includes('://')) return <span className="mono">{plainLine(from)}</span>
  return <ActorLink path={from} />
}

/** With its segments decoded as far as that is safe: a slash within a segment stays as it is. */
export function shownPath(path: string): string {
  return plainLine(path.split('/').map(shownSegment).join('/'), 2_000)
}

function shownSegment(segment: string): string {
  try {
    return decodeURIComponent(segment).replaceAll('/', '%2F')
  } catch {
    return segment
  }
}
