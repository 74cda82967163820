/** A machine's statechart with the places of everything in it, in px, as the console draws it. */
import { z } from 'zod'

const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
const point = z.object({ x: z.number(), y: z.number() })

export const placedState = z.object({
  /** The state node's id: `agent.active.job`. */
  id: z.string(),
  /** Its key: what is written on it. */
  name: z.string(),
  type: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']),
  isRegion: z.boolean(),
  history: z.enum(['shallow', 'deep']).optional(),
  /** Lines in it: entry and exit actions, transitions without a target, deferred events, tags. */
  does: z.array(z.string()),
  invokes: z.array(z.string()),
  description: z.string().optional(),
  box,
  depth: z.number(),
})

export const placedTransition = z.object({
  /** Ids of the machine's transitions that this arrow stands for (`definitionOf`). */
  ids: z.array(z.string()),
  source: z.string(),
  target: z.string(),
  triggers: z.array(z.string()),
  guard: z.string().optional(),
  actions: z.array(z.string()),
  points: z.array(point),
  label: box,
})

export const placedChart = z.object({
  /** Hash of the definition. */
  hash: z.string(),
  name: z.string(),
  width: z.number(),
  height: z.number(),
  /** Outer states before the states inside of them. */
  states: z.array(placedState),
  transitions: z.array(placedTransition),
  /** `target`: id of the state that begins there. */
  initials: z.array(z.object({ target: z.string(), dot: box, points: z.array(point) })),
})

export const machineRow = z.object({
  logic: z.string(),
  version: z.string().optional(),
  /** Hash of its definition, by which its chart is found. */
  chart: z.string(),
  states: z.number(),
  transitions: z.number(),
  actors: z.number(),
})

export type ToldChart = z.output<typeof placedChart>
export type ToldChartState = z.output<typeof placedState>
export type ToldChartTransition = z.output<typeof placedTransition>
export type MachineRow = z.output<typeof machineRow>
