/** All keys at a glance. */
import type { ReactNode } from 'react'
import { Dialog } from '../parts/dialog.js'
import './key-help.css'
import { PLACES } from './places.js'

type Line = readonly [keys: readonly string[], what: string]

const ANYWHERE: readonly Line[] = [
  [['Ctrl K'], 'Search actors, go anywhere'],
  [['/'], 'Search in this view'],
  [['?'], 'These keys'],
  [['Esc'], 'Close, leave a field'],
]

const LISTS: readonly Line[] = [
  [['j', '↓'], 'Next'],
  [['k', '↑'], 'Previous'],
  [['→', '←'], 'Open, close a branch'],
  [['Enter'], 'Open'],
  [['x', 'Space'], 'Select'],
  [['Home', 'End'], 'First, last'],
]

const DECIDE: readonly Line[] = [
  [['a'], 'Approve the approval that is shown'],
  [['d'], 'Deny it'],
  [['Space'], 'In the timeline: pause, go on'],
  [['+', '-'], 'In the timeline: a shorter, a longer stretch'],
]

const ACTOR: readonly Line[] = [
  [['←', '→'], 'A record back, forward'],
  [['Shift ←', 'Shift →'], 'To the change of state before, after'],
  [['f', 'Shift f'], 'To the failure before, after'],
  [['Home'], 'First record'],
  [['End'], 'Back to live'],
  [['Space'], 'Play the past, pause'],
  [['+', '-'], 'Statechart: closer, further'],
  [['0'], 'Statechart: show all of it'],
  [['c', 'p'], 'Context: copy the value, its path'],
]

export function KeyHelp({ onClose }: { readonly onClose: () => void }): ReactNode {
  const places = PLACES.map(({ key, name }): Line => [['g', key], name])
  return (
    <Dialog title="Keys" onClose={onClose}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <section className="key-help" tabIndex={0} aria-label="All keys">
        <Group title="Anywhere" lines={ANYWHERE} />
        <Group title="Go to" lines={places} />
        <Group title="Lists and trees" lines={LISTS} />
        <Group title="An actor" lines={ACTOR} />
        <Group title="Other views" lines={DECIDE} />
      </section>
    </Dialog>
  )
}

function Group({ title, lines }: { readonly title: string; readonly lines: readonly Line[] }): ReactNode {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {lines.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
