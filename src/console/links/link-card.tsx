/** The link to one peer: its state, its figures, and what is wrong with it. */
import type { ReactNode } from 'react'
import type { ToldPeer } from '../../control/protocol/links.js'
import { bytesText, countText, durationText, many, spanText, wordsOf } from '../parts/amounts.js'
import { Badge } from '../parts/badge.js'
import { Button } from '../parts/button.js'
import { Facts } from '../parts/facts.js'
import { plain, plainLine } from '../parts/plain.js'
import type { Tone } from '../parts/tone.js'

interface LinkCardProps {
  readonly link: ToldPeer
  /** Absent for who may not. */
  readonly onReset: ((link: ToldPeer) => void) | undefined
}

const TONES: Readonly<Record<string, Tone>> = {
  up: 'good',
  refused: 'bad',
  idle: 'idle',
  closing: 'idle',
  closed: 'idle',
}

const DETECTED: Readonly<Record<ToldPeer['detector'], string>> = {
  unheard: 'not heard yet',
  alive: 'alive',
  suspicious: 'silent for a while',
  down: 'taken to be down',
}

export function LinkCard({ link, onReset }: LinkCardProps): ReactNode {
  const { peer, state, sinceMs, detector, fault, streak, address } = link
  const tone = detector === 'down' ? 'bad' : (TONES[state] ?? 'warn')
  return (
    <article className="panel link-card">
      <header className="link-head">
        <h2>{plainLine(peer, 200)}</h2>
        <Badge tone={tone}>{wordsOf(plainLine(state, 60))}</Badge>
        <span className="faint">for {durationText(sinceMs)}</span>
      </header>
      <dl className="link-figures">
        <LinkFigure name="Round trip" text={link.rttMs === undefined ? '–' : spanText(link.rttMs)} />
        <LinkFigure
          name="Outbox"
          text={countText(link.outbox.count)}
          note={link.outbox.count > 0 ? bytesText(link.outbox.bytes) : undefined}
          isLoud={link.outbox.count > 0 && state !== 'up'}
        />
        <LinkFigure name="In flight" text={countText(link.inFlight)} />
        <LinkFigure name="Sent again" text={countText(link.resends)} />
      </dl>
      {fault !== undefined && state !== 'up' && (
        <p className="link-fault">
          {fault.by === 'peer' ? 'The peer says: ' : ''}
          {plain(fault.reason, 1_000)} <code>{plainLine(fault.code, 80)}</code>
          {streak > 1 && ` ${many(streak, 'failure')} in a row.`}
        </p>
      )}
      <div className="link-facts">
        <Facts
          facts={[
            ['Peer is', DETECTED[detector]],
            ['Address', address === undefined ? 'it has to call' : <code key="address">{plainLine(address)}</code>],
            ['Received', `${bytesText(link.bytesIn)} in ${many(link.framesIn, 'frame')}`],
            ['Sent', `${bytesText(link.bytesOut)} in ${many(link.framesOut, 'frame')}`],
            ['Connections', countText(link.connections)],
            ['Came twice', link.duplicates > 0 ? `${many(link.duplicates, 'envelope')}, taken once` : undefined],
            ['Store', link.storeId && <span className="mono">{plainLine(link.storeId)}</span>],
          ]}
        />
      </div>
      {onReset !== undefined && state === 'refused' && (
        <footer className="link-foot">
          <Button isSmall icon="restart" onClick={() => onReset(link)}>
            Take it as it is…
          </Button>
        </footer>
      )}
    </article>
  )
}

interface LinkFigureProps {
  readonly name: string
  readonly text: string
  readonly note?: string | undefined
  readonly isLoud?: boolean
}

function LinkFigure({ name, text, note, isLoud }: LinkFigureProps): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={isLoud ? 'link-loud' : ''}>
        {text} {note !== undefined && <span className="faint">{note}</span>}
      </dd>
    </div>
  )
}
