/** The palette: one field that finds views, actors and orders of the page. */
import { Command } from 'cmdk'
import { type ReactNode, useDeferredValue, useEffect, useState } from 'react'
import type { ActorPage, ActorRow } from '../../control/protocol/actors.js'
import { useResource } from '../api/resource.js'
import { shownPath } from '../parts/actor-link.js'
import { cancel, outside, useModal } from '../parts/dialog.js'
import { Icon, type IconName } from '../parts/icon.js'
import { StateLine } from '../parts/state-line.js'
import { StatusDot, shownStatus } from '../parts/status.js'
import { useConsole } from './console-context.js'
import './palette.css'
import { PLACES } from './places.js'
import type { Route } from './route.js'

interface PaletteProps {
  readonly onClose: () => void
  readonly onKeys: () => void
}

const SHOWN = 12

export function Palette({ onClose, onKeys }: PaletteProps): ReactNode {
  const { router, themes, sessions } = useConsole()
  const dialog = useModal()
  const [text, setText] = useState('')
  const [picked, setPicked] = useState('')
  const isMeant = (name: string): boolean => isIn(text, name)
  const places = PLACES.filter(({ name }) => isMeant(name))
  const { actors, isAsked } = useFound(text)
  const go = (route: Route): void => {
    onClose()
    router.go(route)
  }
  const everyOrder: readonly [name: string, icon: IconName, act: () => void][] = [
    ['Light colours', 'sun', () => themes.choose('light')],
    ['Dark colours', 'moon', () => themes.choose('dark')],
    ['Colours as the system has them', 'system', () => themes.choose('system')],
    ['Show all keys', 'keys', onKeys],
    ['Sign out', 'out', () => void sessions.signOut()],
  ]
  // An actor that is meant comes before an order of such a name: Enter must not sign out meanwhile.
  const orders = isAsked ? [] : everyOrder.filter(([name]) => isMeant(name))
  const values = [
    ...places.map(({ name }) => `view ${name}`),
    ...actors.map(({ path }) => `actor ${path}`),
    ...orders.map(([name]) => `order ${name}`),
  ]
  const first = values[0] ?? ''
  const closing = (act: () => void): void => {
    onClose()
    act()
  }
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Search or go to"
      onCancel={(event) => cancel(event, onClose)}
      onMouseDown={(event) => outside(event, onClose)}
    >
      <Command
        label="Search or go to"
        shouldFilter={false}
        loop
        value={values.includes(picked) ? picked : first}
        onValueChange={(value) => setPicked(value === first ? '' : value)}
      >
        <div className="palette-field">
          <Icon name="search" />
          <Command.Input
            value={text}
            onValueChange={setText}
            placeholder="Find an actor, go to a view…"
            maxLength={500}
          />
          <kbd>Esc</kbd>
        </div>
        <Command.List>
          <Command.Empty>{isAsked ? 'Looking…' : 'Nothing is called that.'}</Command.Empty>
          <Group title="Go to">
            {places.map(({ name, icon, key, route }) => (
              <Command.Item key={name} value={`view ${name}`} onSelect={() => go(route)}>
                <Icon name={icon} />
                <span className="palette-name">{name}</span>
                <kbd>g</kbd>
                <kbd>{key}</kbd>
              </Command.Item>
            ))}
          </Group>
          <Group title="Actors">
            {actors.map((row) => (
              <Command.Item
                key={row.path}
                value={`actor ${row.path}`}
                onSelect={() => go({ view: 'actor', path: row.path })}
              >
                <StatusDot status={shownStatus(row)} />
                <span className="palette-name cut">{shownPath(row.path)}</span>
                <StateLine state={row.state} />
              </Command.Item>
            ))}
          </Group>
          <Group title="This page">
            {orders.map(([name, icon, act]) => (
              <Command.Item key={name} value={`order ${name}`} onSelect={() => closing(act)}>
                <Icon name={icon} />
                <span className="palette-name">{name}</span>
              </Command.Item>
            ))}
          </Group>
        </Command.List>
      </Command>
    </dialog>
  )
}

function Group({ title, children }: { readonly title: string; readonly children: readonly ReactNode[] }): ReactNode {
  return children.length === 0 ? null : <Command.Group heading={title}>{children}</Command.Group>
}

/** While the answer is asked for, those of the last one whose path fits stand. */
function useFound(text: string): { readonly actors: readonly ActorRow[]; readonly isAsked: boolean } {
  const search = useDeferredValue(text.trim())
  const { data, problem } = useResource<ActorPage>('actors', {
    search,
    limit: SHOWN,
    sort: search === '' ? 'last' : 'path',
  })
  const [last, setLast] = useState<readonly ActorRow[]>([])
  useEffect(() => {
    if (data !== undefined) setLast(data.rows)
  }, [data])
  if (data !== undefined && search === text.trim()) return { actors: data.rows, isAsked: false }
  const fitting = last.filter(({ path }) => isIn(text, path) || isIn(text, shownPath(path)))
  return { actors: fitting, isAsked: problem === undefined }
}

function isIn(text: string, name: string): boolean {
  return name.toLowerCase().includes(text.trim().toLowerCase())
}
