/**
 * Whether the node does what it is there for.
 *
 * `healthz`: whether it stands still, so that only a new process helps. `readyz`: whether it is wise to give it work now.
 */
import type { ReadLimits } from '../control-options.js'
import type { Health } from '../protocol/node.js'

export type HealthCheck = Health & { readonly checks: NonNullable<Health['checks']> }
type Check = HealthCheck['checks'][number]

/** What a node's health is read from. */
export interface VitalSigns {
  /** How late the event loop was, at worst of the last seconds. */
  readonly eventLoopMs: number
  /** How long the commit in flight takes already; 0 if there is none. */
  readonly inFlightMs: number
  /** How long a commit takes of late. */
  readonly commitMs: number
  readonly oldestMailMs: number
  /** Stopped, or standing still by an error. */
  readonly isHalted: boolean
}

export function healthOf(of: 'healthz' | 'readyz', signs: VitalSigns, limits: ReadLimits): HealthCheck {
  const checks = of === 'healthz' ? alive(signs, limits) : [...alive(signs, limits), ...ready(signs, limits)]
  return { ok: checks.every(({ ok }) => ok), checks }
}

function alive(signs: VitalSigns, limits: ReadLimits): Check[] {
  const halted = signs.isHalted ? 1 : 0
  return [
    {
      name: 'halted',
      ok: halted === 0,
      value: halted,
      unit: '',
      limit: 0,
      what: 'It was stopped, or stands still by an error: open its store anew.',
    },
    atMost(
      'eventLoop',
      signs.eventLoopMs,
      limits.eventLoopMs,
      'How late the event loop was, at worst of the last seconds.',
    ),
    atMost('commitInFlight', signs.inFlightMs, limits.commitMs, 'How long the commit in flight takes already.'),
  ]
}

function ready(signs: VitalSigns, limits: ReadLimits): Check[] {
  return [
    atMost('commit', signs.commitMs, limits.commitMs, 'How long commits take.'),
    atMost(
      'oldestMail',
      signs.oldestMailMs,
      limits.oldestMailMs,
      'How long the oldest event waits that could be handled.',
    ),
  ]
}

function atMost(name: string, value: number, limit: number, what: string): Check {
  return { name, ok: value <= limit, value: Math.round(value * 100) / 100, unit: 'ms', limit, what }
}
