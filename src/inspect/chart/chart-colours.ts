/** The colours of a drawn statechart, light and dark: text on what it stands on has a contrast of at least 4.5. */

export interface ChartColours {
  readonly card: string
  readonly border: string
  readonly outer: string
  readonly inner: string
  readonly state: string
  readonly stroke: string
  readonly strong: string
  readonly title: string
  readonly text: string
  readonly guard: string
  readonly effect: string
  readonly arrow: string
  readonly active: string
}

export type ChartTheme = 'auto' | 'light' | 'dark'

const LIGHT: ChartColours = {
  card: '#ffffff',
  border: '#d8dee9',
  outer: '#f7f9fc',
  inner: '#eef3fb',
  state: '#ffffff',
  stroke: '#9aa8bd',
  strong: '#2563eb',
  title: '#101828',
  text: '#475467',
  guard: '#8a4b08',
  effect: '#0b6b50',
  arrow: '#667894',
  active: '#dbe8ff',
}

const DARK: ChartColours = {
  card: '#0d1524',
  border: '#27344b',
  outer: '#111c30',
  inner: '#16243d',
  state: '#1d2c47',
  stroke: '#54678a',
  strong: '#6ea8ff',
  title: '#eef3fb',
  text: '#b3c0d6',
  guard: '#f2b872',
  effect: '#7ddcb9',
  arrow: '#8ea1c0',
  active: '#1f4480',
}

/** A picture of `auto` is light or dark as the page that shows it. */
export function chartStyles(theme: ChartTheme): string {
  if (theme === 'auto') return `${styles(LIGHT)}@media (prefers-color-scheme: dark) {${styles(DARK)}}`
  return styles(theme === 'light' ? LIGHT : DARK)
}

function styles(colour: ChartColours): string {
  return [
    `text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif;fill:${colour.text}}`,
    `.card{fill:${colour.card};stroke:${colour.border}}`,
    `.root{fill:${colour.outer};stroke:${colour.strong};stroke-width:1.5}`,
    `.group{fill:${colour.inner};stroke:${colour.stroke}}`,
    `.region{fill:${colour.inner};stroke:${colour.strong};stroke-dasharray:5 4}`,
    `.state{fill:${colour.state};stroke:${colour.stroke}}`,
    `.ring{fill:none;stroke:${colour.stroke}}`,
    `.rule{stroke:${colour.border}}`,
    `.title{fill:${colour.title};font-weight:600}`,
    `.trigger{fill:${colour.title}}`,
    `.guard{fill:${colour.guard}}`,
    `.effect{fill:${colour.effect}}`,
    `.arrow{fill:none;stroke:${colour.arrow};stroke-width:1.25}`,
    `.tip{fill:${colour.arrow}}`,
    `.dot{fill:${colour.title}}`,
    `.on-arrow{paint-order:stroke;stroke:${colour.outer};stroke-width:4;stroke-linejoin:round}`,
    `.active{stroke:${colour.strong};stroke-width:2}`,
    `.state.active{fill:${colour.active}}`,
    `.last{stroke:${colour.strong};stroke-width:2.5}`,
    `.tip-last{fill:${colour.strong}}`,
  ].join('')
}
