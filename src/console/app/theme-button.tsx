/** From the look of the machine to light to dark, and round again. */
import type { ReactNode } from 'react'
import { Button } from '../parts/button.js'
import { type ThemeChoice, useThemeChoice } from '../theme/theme.js'
import { useConsole } from './console-context.js'

const NEXT: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: 'light', light: 'dark', dark: 'system' }
const ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const
const NAMES: Readonly<Record<ThemeChoice, string>> = { system: 'as the system', light: 'light', dark: 'dark' }

export function ThemeButton(): ReactNode {
  const { themes } = useConsole()
  const choice = useThemeChoice(themes)
  const label = `Colours: ${NAMES[choice]}. Change to ${NAMES[NEXT[choice]]}`
  return <Button kind="quiet" icon={ICONS[choice]} label={label} isSmall onClick={() => themes.choose(NEXT[choice])} />
}
