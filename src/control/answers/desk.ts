/** What the answers are made of: the system, and those who look into it. */
import type { Clock } from '../../core/clock.js'
import type { Redaction } from '../../governance/redaction/redaction.js'
import { type ChartLayouts, createChartLayouts } from '../../inspect/chart/chart-layouts.js'
import { createHistory, type History } from '../../inspect/history/history.js'
import { createInspection, type Inspection } from '../../inspect/live/inspection.js'
import { Shown } from '../../inspect/live/shown.js'
import type { ReadControl } from '../control-options.js'
import type { ControlledSystem, Who } from '../controlled-system.js'
import type { AnswerOf, AskedOf, RouteName } from '../protocol/routes.js'
import { ownVersion } from '../version.js'

export interface Desk {
  readonly system: ControlledSystem
  readonly mask: Redaction
  readonly clock: Clock
  readonly version: string
  readonly startedMs: number
  /** What nobody has foreseen. */
  readonly onError: (error: unknown) => void
  readonly shown: Shown
  readonly inspection: Inspection
  readonly history: History
  readonly charts: ChartLayouts
  close(): void
}

/** How one route is answered. Throws what is to be told to whoever asked. */
export type Answerer<K extends RouteName> = (asked: AskedOf<K>, who: Who) => AnswerOf<K> | Promise<AnswerOf<K>>

export type Answers = { readonly [K in RouteName]: Answerer<K> }

export function deskOf(system: ControlledSystem, { mask, clock, onError }: ReadControl): Desk {
  const inspection = createInspection(system, { mask, clock })
  const charts = createChartLayouts()
  return {
    system,
    mask,
    clock,
    onError,
    version: ownVersion(),
    startedMs: clock.now(),
    shown: new Shown(mask),
    inspection,
    history: createHistory(system, { mask }),
    charts,
    close: () => {
      inspection.close()
      charts.close()
    },
  }
}
