/** What stands around every view: the navigation, the state of the connection, the palette, the keys. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Button } from '../parts/button.js'
import { ConnectionBar } from './connection-bar.js'
import { useConsole, useSession } from './console-context.js'
import './frame.css'
import { KeyHelp } from './key-help.js'
import { useKeys } from './keys.js'
import { Mark } from './mark.js'
import { BottomBar, SideBar } from './navigation.js'
import { Palette } from './palette.js'
import { PLACES } from './places.js'
import { usePlace } from './router.js'
import { ThemeButton } from './theme-button.js'

/** How long `g` waits for its second key. */
const SECOND_KEY_MS = 1_200

export function Frame({ children }: { readonly children: ReactNode }): ReactNode {
  const [open, setOpen] = useState<'palette' | 'keys' | undefined>()
  useKeys({ 'mod+k': () => setOpen((now) => (now === 'palette' ? undefined : 'palette')), '?': () => setOpen('keys') })
  useGoKeys()
  const main = useFocusOnMove()
  return (
    <div className="frame">
      <SideBar onPalette={() => setOpen('palette')} onKeys={() => setOpen('keys')} />
      <TopBar onPalette={() => setOpen('palette')} />
      <main ref={main} className="frame-main" tabIndex={-1}>
        <ConnectionBar />
        {children}
      </main>
      <BottomBar />
      {open === 'palette' && <Palette onClose={() => setOpen(undefined)} onKeys={() => setOpen('keys')} />}
      {open === 'keys' && <KeyHelp onClose={() => setOpen(undefined)} />}
    </div>
  )
}

/** On narrow windows only. */
function TopBar({ onPalette }: { readonly onPalette: () => void }): ReactNode {
  const { node } = useSession()
  return (
    <header className="top-bar">
      <Mark />
      <strong className="cut">{node}</strong>
      <ThemeButton />
      <Button kind="quiet" icon="search" label="Search or go to…" onClick={onPalette} />
    </header>
  )
}

/** `g` and then a letter. */
function useGoKeys(): void {
  const { router } = useConsole()
  const pressedMs = useRef(Number.NEGATIVE_INFINITY)
  const second = Object.fromEntries(
    PLACES.map(({ key, route }) => [
      key,
      (event: KeyboardEvent) => {
        event.stopImmediatePropagation()
        pressedMs.current = Number.NEGATIVE_INFINITY
        router.go(route)
      },
    ]),
  )
  useEffect(() => {
    // Before any other: the second key means nothing else.
    const press = (event: KeyboardEvent): void => {
      const isIn = event.target instanceof Element && event.target.closest('input, textarea, select, dialog') !== null
      if (isIn || event.metaKey || event.ctrlKey || event.altKey) return
      const isSecond = event.timeStamp - pressedMs.current < SECOND_KEY_MS
      if (isSecond) second[event.key]?.(event)
      else if (event.key === 'g') pressedMs.current = event.timeStamp
    }
    window.addEventListener('keydown', press, true)
    return () => window.removeEventListener('keydown', press, true)
  })
}

/** Another view is read from its beginning, and the keyboard is in it. */
function useFocusOnMove(): React.RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null)
  const { route } = usePlace()
  const isFirst = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the move to another view that counts.
  useEffect(() => {
    if (!isFirst.current) {
      main.current?.scrollTo(0, 0)
      main.current?.focus({ preventScroll: true })
    }
    isFirst.current = false
  }, [route.view])
  return main
}
