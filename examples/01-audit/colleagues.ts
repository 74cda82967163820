import { currentEffect, type RosciusRef } from 'roscius'
import type { AnalystRef } from './analyst.js'
import { PLACES } from './places.js'
import type { registerMachine } from './register.js'

export type RegisterRef = RosciusRef<typeof registerMachine>

/** Whom a tool works with. */
export interface Colleagues {
  /** The path of the agent that uses the tool. */
  readonly self: string
  readonly register: RegisterRef
  readonly analyst: AnalystRef
}

/** Found where the tool runs: tools are part of the logic, and know no system before. */
export function colleagues(): Colleagues {
  const effect = currentEffect()
  if (effect === undefined) throw new Error('The tools of the audit work in its system only.')
  return {
    self: effect.path,
    register: effect.actor(PLACES.register) as unknown as RegisterRef,
    analyst: effect.actor(PLACES.analyst) as unknown as AnalystRef,
  }
}
