/** The headline figures: each with its last minute, and in colour where it is not as it should be. */
import type { ReactNode } from 'react'
import type { Pulse } from '../../control/protocol/live.js'
import { usePulses } from '../live/pulse.js'
import { countText, rateText, spanText } from '../parts/amounts.js'
import './figures.css'
import { Sparkline } from './sparkline.js'

interface Figure {
  readonly name: string
  /** What it means, in a sentence. */
  readonly what: string
  readonly value: (pulse: Pulse) => number
  readonly text: (value: number) => string
  /** From when on it is worth a look, and from when on something is wrong. */
  readonly warn?: number
  readonly bad?: number
}

const FIGURES: readonly Figure[] = [
  { name: 'Events', what: 'Events handled a second', value: (p) => p.unitsPerSecond, text: (n) => `${rateText(n)} /s` },
  {
    name: 'Commits',
    what: 'Commits written a second',
    value: (p) => p.commitsPerSecond,
    text: (n) => `${rateText(n)} /s`,
  },
  {
    name: 'Commit takes',
    what: 'How long a commit takes until it is durable',
    value: (p) => p.commitMs,
    text: spanText,
    warn: 100,
    bad: 1_000,
  },
  {
    name: 'Loop delay',
    what: 'How late the process gets to its work',
    value: (p) => p.eventLoopMs,
    text: spanText,
    warn: 50,
    bad: 250,
  },
  {
    name: 'Oldest mail',
    what: 'How long the oldest event waits in a mailbox',
    value: (p) => p.oldestMailMs,
    text: spanText,
    warn: 1_000,
    bad: 10_000,
  },
]

export function Figures(): ReactNode {
  const pulses = usePulses()
  const last = pulses.at(-1)
  return (
    <dl className="figures">
      <ActorsFigure pulse={last} />
      {FIGURES.map((figure) => (
        <FigureTile key={figure.name} figure={figure} pulses={pulses} />
      ))}
    </dl>
  )
}

function FigureTile({ figure, pulses }: { readonly figure: Figure; readonly pulses: readonly Pulse[] }): ReactNode {
  const { name, what, value, text, warn = Number.POSITIVE_INFINITY, bad = Number.POSITIVE_INFINITY } = figure
  const last = pulses.at(-1)
  const now = last === undefined ? undefined : value(last)
  const level = now === undefined || now < warn ? 'fine' : now < bad ? 'warn' : 'bad'
  return (
    <div className={`figure figure-${level}`} title={what}>
      <dt>{name}</dt>
      <dd>
        <span className="figure-value">{now === undefined ? '–' : text(now)}</span>
        <Sparkline points={pulses.map((pulse) => [pulse.atMs, value(pulse)])} />
      </dd>
    </div>
  )
}

const BANDS: readonly (readonly [name: string, tone: string, statuses: readonly string[]])[] = [
  ['active', 'good', ['active', 'starting']],
  ['restarting', 'warn', ['restarting']],
  ['failed', 'bad', ['failed', 'quarantined', 'missing']],
  ['ended', 'idle', ['done', 'stopped']],
]

function ActorsFigure({ pulse }: { readonly pulse: Pulse | undefined }): ReactNode {
  const bands = BANDS.map(([name, tone, statuses]) => ({ name, tone, count: sumOf(pulse, statuses) }))
  const all = bands.reduce((sum, { count }) => sum + count, 0)
  const told = bands.filter(({ count }) => count > 0)
  return (
    <div className="figure figure-actors">
      <dt>Actors</dt>
      <dd>
        <span className="figure-value">{pulse === undefined ? '–' : countText(all)}</span>
        <span className="figure-bands" aria-hidden="true">
          {told.map(({ name, tone, count }) => (
            <span key={name} className={`band-${tone}`} style={{ flexGrow: count }} />
          ))}
        </span>
        <span className="figure-note">{told.map(({ name, count }) => `${countText(count)} ${name}`).join(' · ')}</span>
      </dd>
    </div>
  )
}

function sumOf(pulse: Pulse | undefined, statuses: readonly string[]): number {
  return statuses.reduce((sum, status) => sum + (pulse?.counts[status] ?? 0), 0)
}
