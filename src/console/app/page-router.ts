/** Which view is shown: what the browser's address says, with its query. */
import { addressOf, type Route, routeOf } from './route.js'

export interface Place {
  readonly route: Route
  readonly query: URLSearchParams
}

export class Router {
  readonly #base: URL
  readonly #listeners = new Set<() => void>()
  #place: Place

  constructor(base: URL) {
    this.#base = base
    this.#place = this.#read()
    window.addEventListener('popstate', () => this.#moved())
  }

  readonly place = (): Place => this.#place

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  hrefOf(route: Route, query: Readonly<Record<string, string>> = {}): string {
    const url = new URL(addressOf(route), this.#base)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return url.pathname + url.search
  }

  /** `isReplaced`: the browser's back button passes by the present view. */
  go(route: Route, query: Readonly<Record<string, string>> = {}, isReplaced = false): void {
    const href = this.hrefOf(route, query)
    if (isReplaced) history.replaceState(null, '', href)
    else history.pushState(null, '', href)
    this.#moved()
  }

  /** Changes the query of this view; an empty value takes a name out. */
  ask(changes: Readonly<Record<string, string | undefined>>): void {
    const query = new URLSearchParams(this.#place.query)
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined || value === '') query.delete(name)
      else query.set(name, value)
    }
    const text = query.toString()
    history.replaceState(history.state, '', location.pathname + (text === '' ? '' : `?${text}`))
    this.#moved()
  }

  #moved(): void {
    this.#place = this.#read()
    for (const listener of this.#listeners) listener()
  }

  #read(): Place {
    const { pathname, search } = location
    const below = pathname.startsWith(this.#base.pathname) ? pathname.slice(this.#base.pathname.length) : ''
    return { route: routeOf(below), query: new URLSearchParams(search) }
  }
}
