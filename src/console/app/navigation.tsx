/** Where one can go: a column at the side, on narrow windows a bar at the bottom. */
import { type ReactNode, useState } from 'react'
import { usePulse } from '../live/pulse.js'
import { CountBadge } from '../parts/badge.js'
import { Button } from '../parts/button.js'
import { Dialog } from '../parts/dialog.js'
import { Icon } from '../parts/icon.js'
import { ConnectionDot } from './connection-bar.js'
import { useConsole, useSession } from './console-context.js'
import { Link } from './link.js'
import { Mark } from './mark.js'
import './navigation.css'
import { isPlace, type NavPlace, PLACES } from './places.js'
import { usePlace } from './router.js'
import { ThemeButton } from './theme-button.js'

interface SideBarProps {
  readonly onPalette: () => void
  readonly onKeys: () => void
}

export function SideBar({ onPalette, onKeys }: SideBarProps): ReactNode {
  const { node, role, version } = useSession()
  return (
    <header className="side-bar">
      <div className="side-brand">
        <Mark size={26} />
        <div>
          <strong className="cut">{node}</strong>
          <span className="faint">Roscius {version}</span>
        </div>
      </div>
      <button type="button" className="side-search" onClick={onPalette}>
        <Icon name="search" />
        <span>Search or go to…</span>
        <kbd>{isApple() ? '⌘' : 'Ctrl'} K</kbd>
      </button>
      <nav aria-label="Views">
        <ul>
          {PLACES.map((place) => (
            <li key={place.name}>
              <NavLink place={place} />
            </li>
          ))}
        </ul>
      </nav>
      <div className="side-foot">
        <ConnectionDot />
        {role === 'viewer' && <span className="side-role">Read only</span>}
        <span className="side-space" />
        <Button kind="quiet" icon="keys" label="Keys (?)" isSmall onClick={onKeys} />
        <ThemeButton />
      </div>
    </header>
  )
}

function NavLink({ place, onClick }: { readonly place: NavPlace; readonly onClick?: () => void }): ReactNode {
  const { route } = usePlace()
  const pulse = usePulse()
  const count = pulse === undefined ? 0 : (place.count?.(pulse) ?? 0)
  return (
    <Link
      to={place.route}
      className="nav-link"
      aria-current={isPlace(place, route) ? 'page' : undefined}
      onClick={onClick}
    >
      <Icon name={place.icon} />
      <span className="nav-name">{place.name}</span>
      <CountBadge count={count} tone={place.tone ?? 'accent'} what={place.what ?? ''} />
    </Link>
  )
}

const IN_BAR = 4

export function BottomBar(): ReactNode {
  const [isOpen, setIsOpen] = useState(false)
  const { route } = usePlace()
  const rest = PLACES.slice(IN_BAR)
  return (
    <nav className="bottom-bar" aria-label="Views">
      {PLACES.slice(0, IN_BAR).map((place) => (
        <NavLink key={place.name} place={place} />
      ))}
      <button
        type="button"
        className="nav-link"
        aria-haspopup="dialog"
        aria-current={rest.some((place) => isPlace(place, route)) ? 'page' : undefined}
        onClick={() => setIsOpen(true)}
      >
        <Icon name="more" />
        <span className="nav-name">More</span>
      </button>
      {isOpen && <MoreDialog places={rest} onClose={() => setIsOpen(false)} />}
    </nav>
  )
}

function MoreDialog({
  places,
  onClose,
}: {
  readonly places: readonly NavPlace[]
  readonly onClose: () => void
}): ReactNode {
  const { sessions } = useConsole()
  return (
    <Dialog title="Go to" onClose={onClose}>
      <div className="more-places">
        {places.map((place) => (
          <NavLink key={place.name} place={place} onClick={onClose} />
        ))}
        <button type="button" className="nav-link" onClick={() => void sessions.signOut()}>
          <Icon name="out" />
          <span className="nav-name">Sign out</span>
        </button>
      </div>
    </Dialog>
  )
}

function isApple(): boolean {
  return /Mac|iP(hone|ad|od)/.test(navigator.userAgent)
}
