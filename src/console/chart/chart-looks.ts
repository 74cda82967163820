/**
 * How each state and arrow of a chart looks: a function of what is active, what was taken last, and what may come. Pure, and
 * plain values, so that a part of the picture is drawn anew only when its own look has changed.
 */
import type { EnabledEvent } from '../../control/protocol/actors.js'
import type { ToldChartTransition } from '../../control/protocol/chart.js'
import { type ChartModel, innermost } from './chart-model.js'

export interface StateLook {
  /** `active`: without an active state inside of it; `within`: around an active state. */
  readonly tone: 'plain' | 'active' | 'within' | 'seen' | 'unseen'
  /** How often it was seen among the others, from 0 to 1. */
  readonly heat: number
  readonly badge: string
}

export interface ArrowLook {
  readonly tone: 'plain' | 'last' | 'seen' | 'unseen'
  readonly heat: number
  readonly badge: string
  /** How often its guard said no, where that is told. */
  readonly refused: number
  /** The event that it can be clicked for; `''` if none. */
  readonly event: string
  /** Whether that event is let through by the guard as it stands. */
  readonly takes: EnabledEvent['takes']
}

export interface ChartLooks {
  readonly states: readonly StateLook[]
  readonly arrows: readonly ArrowLook[]
}

export const PLAIN_STATE: StateLook = { tone: 'plain', heat: 0, badge: '' }
export const PLAIN_ARROW: ArrowLook = { tone: 'plain', heat: 0, badge: '', refused: 0, event: '', takes: 'unknown' }

export interface Live {
  readonly active: readonly string[]
  /** Ids of the transitions of the last unit. */
  readonly last: readonly string[]
  /** Empty where nothing can be sent. */
  readonly enabled: readonly EnabledEvent[]
}

/** An actor at one moment, now or in the past. */
export function liveLooks(model: ChartModel, { active, last, enabled }: Live): ChartLooks {
  const { chart } = model
  const on = new Set(active)
  const inner = new Set(innermost(model, active))
  const taken = new Set(last)
  const byTransition = new Map(enabled.flatMap((event) => event.transitions.map((id) => [id, event] as const)))
  return {
    states: chart.states.map(({ id }) => ({
      ...PLAIN_STATE,
      tone: inner.has(id) ? 'active' : on.has(id) ? 'within' : 'plain',
    })),
    arrows: chart.transitions.map(({ ids }) => {
      const event = ids.map((id) => byTransition.get(id)).find((found) => found !== undefined)
      const tone = ids.some((id) => taken.has(id)) ? 'last' : 'plain'
      return { ...PLAIN_ARROW, tone, event: event?.type ?? '', takes: event?.takes ?? 'unknown' }
    }),
  }
}

/** What a reader of the picture is told of an arrow. */
export function arrowText({ source, target, triggers, guard, actions }: ToldChartTransition): string {
  const condition = guard === undefined ? '' : `, if ${guard}`
  const effect = actions.length === 0 ? '' : `, and does ${actions.join(', ')}`
  return `${triggers.join(' or ')}: from ${source} to ${target}${condition}${effect}`
}
