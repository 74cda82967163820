/** Puts the console together, opens the session and shows it. */
import { createRoot } from 'react-dom/client'
import './theme/tokens.css'
import './theme/base.css'
import { Api } from './api/api.js'
import { SessionDesk } from './api/session.js'
import { Console } from './app/console.js'
import { ConsoleContext } from './app/console-context.js'
import { Router } from './app/page-router.js'
import { Live } from './live/live-socket.js'
import { PulseFeed } from './live/pulse-feed.js'
import { Roster } from './live/roster-feed.js'
import { Folds } from './overview/folds.js'
import { ToastRack } from './parts/toast-rack.js'
import { ThemeSwitch } from './theme/theme.js'

const base = pageBase()
const api = new Api(base)
const sessions = new SessionDesk(api)
const live = new Live(api)
const parts = {
  api,
  live,
  sessions,
  pulses: new PulseFeed(live),
  roster: new Roster(live),
  folds: new Folds(),
  themes: new ThemeSwitch(),
  toasts: new ToastRack(),
}

void sessions.open()
// After `open`: the token is gone from the address before it is read as a place.
const router = new Router(base)
createRoot(document.getElementById('root') as HTMLElement).render(
  <ConsoleContext value={{ ...parts, router }}>
    <Console />
  </ConsoleContext>,
)

/** Where the console is mounted. It stays what it was at first, wherever the page goes on to. */
function pageBase(): URL {
  const url = new URL('.', document.baseURI)
  url.search = ''
  url.hash = ''
  document.querySelector('base')?.setAttribute('href', url.href)
  return url
}
