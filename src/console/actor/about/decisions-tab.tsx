/** What the actor's brain has decided: what it could have done, what it did, and why. */
import type { ReactNode } from 'react'
import { countText, spanText } from '../../parts/amounts.js'
import { Badge } from '../../parts/badge.js'
import { Panel } from '../../parts/panel.js'
import { plain, plainLine } from '../../parts/plain.js'
import { Ago } from '../../parts/time.js'
import { type Decision, readDecision } from './decision.js'

/** The newest are drawn. */
const SHOWN = 100

export function DecisionsTab({ decisions }: { readonly decisions: readonly Record<string, unknown>[] }): ReactNode {
  const first = Math.max(0, decisions.length - SHOWN)
  // A turn may have more than one, without a name: each is known by its place among all.
  const newest = decisions.slice(first).map((told, index) => ({ place: first + index, decision: readDecision(told) }))
  return (
    <div className="about-tab">
      {decisions.length > SHOWN && (
        <p className="faint">
          The newest {SHOWN} of {countText(decisions.length)}.
        </p>
      )}
      {newest.reverse().map(({ place, decision }) => (
        <DecisionCard key={place} decision={decision} />
      ))}
    </div>
  )
}

function DecisionCard({ decision }: { readonly decision: Decision }): ReactNode {
  const { turn, event, reason, state, legal, refused, model, usage, ms, atMs, calls } = decision
  return (
    <Panel
      title={
        <span className="decision-title">
          <span className="faint">turn {turn}</span> <span className="mono">{plainLine(event, 400)}</span>
        </span>
      }
      actions={
        atMs !== undefined && (
          <span className="faint decision-when">
            <Ago atMs={atMs} />
          </span>
        )
      }
    >
      <div className="decision">
        <p>{plain(reason, 4_000)}</p>
        {refused !== undefined && <p className="why-wrong">Not taken: {plain(refused, 1_000)}</p>}
        <p className="faint">
          in <span className="mono">{plainLine(state, 200)}</span>
          {model !== undefined && <> · {plainLine(model, 80)}</>} · {spanText(ms)}
          {usage !== undefined && <> · {usage}</>}
        </p>
        {legal.length > 0 && (
          <p className="decision-legal">
            <span className="faint">It could choose</span>
            {legal.map((type) => (
              <Badge key={type} tone={type === decision.type ? 'accent' : 'idle'}>
                {plainLine(type, 80)}
              </Badge>
            ))}
          </p>
        )}
        {calls.map(({ tool, outcome, isOk, error }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: calls have a place and no name.
          <p key={index} className="decision-call">
            <span className="mono">{plainLine(tool, 100)}</span>
            <Badge tone={outcome === 'refused' ? 'bad' : outcome === 'approvalRequired' ? 'note' : 'good'}>
              {plainLine(outcome, 40)}
            </Badge>
            {!isOk && <Badge tone="bad">{plainLine(error ?? 'failed', 60)}</Badge>}
          </p>
        ))}
      </div>
    </Panel>
  )
}
