/** Light or dark: as the machine has it, or as the person chose, which is kept. */
import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark'
export type ThemeChoice = Theme | 'system'

const KEY = 'roscius.theme'

export class ThemeSwitch {
  readonly #dark = window.matchMedia('(prefers-color-scheme: dark)')
  readonly #listeners = new Set<() => void>()
  #choice: ThemeChoice = storedChoice()

  constructor() {
    this.#dark.addEventListener('change', () => this.#show())
    this.#show()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly choice = (): ThemeChoice => this.#choice

  readonly theme = (): Theme => {
    if (this.#choice !== 'system') return this.#choice
    return this.#dark.matches ? 'dark' : 'light'
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice
    try {
      localStorage.setItem(KEY, choice)
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    this.#show()
  }

  #show(): void {
    document.documentElement.dataset.theme = this.theme()
    for (const listener of this.#listeners) listener()
  }
}

export function useTheme(themes: ThemeSwitch): Theme {
  return useSyncExternalStore(themes.subscribe, themes.theme)
}

export function useThemeChoice(themes: ThemeSwitch): ThemeChoice {
  return useSyncExternalStore(themes.subscribe, themes.choice)
}

function storedChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}
