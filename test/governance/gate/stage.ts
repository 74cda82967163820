import { defineTool, type PolicyInput, type Tool, withPermissions } from 'roscius'
import { type DefinedBrain, defineAgent, defineBrain } from 'roscius/actors'
import { z } from 'zod'
import { World } from '../../support/world.js'

/** What the agent's tools have done in the world. */
export interface Deeds {
  readonly done: string[]
  /** Whether the next deed hangs. */
  hangs: boolean
}

const shape = { version: '1.0.0', input: z.object({ what: z.string() }), output: z.string() }

export function toolsFor(deeds: Deeds): readonly Tool[] {
  const deed = ({ input }: { input: { what: string } }): Promise<string> | string => {
    deeds.done.push(input.what)
    return deeds.hangs ? new Promise<string>(() => undefined) : `${input.what}: done`
  }
  return [
    defineTool({ ...shape, name: 'look', description: 'Looks.', risk: 'read', scopes: ['read:files'], execute: deed }),
    defineTool({
      ...shape,
      name: 'write',
      description: 'Writes.',
      risk: 'write',
      timeoutMs: 60_000_000,
      execute: deed,
    }),
    defineTool({ ...shape, name: 'burn', description: 'Burns.', risk: 'danger', execute: deed }),
  ]
}

export type Step = { readonly tool: string; readonly what: string }

/** Makes one call after the other, and finishes with what it was answered. */
export function caller(steps: readonly Step[]): DefinedBrain {
  return defineBrain(({ observations }) => {
    const seen = observations.filter(({ kind }) => kind !== 'note')
    const step = steps[seen.length]
    const event =
      step === undefined
        ? { type: 'FINISH', output: seen.map(({ text, data }) => data ?? text) }
        : { type: 'USE_TOOL', tool: step.tool, input: { what: step.what } }
    return { event, reason: 'It is the next step.' }
  })
}

export interface StageOptions {
  readonly toolPolicy?: PolicyInput
  readonly scopes?: readonly string[]
  readonly system?: object
}

/** A world with one agent in it that makes these calls. */
export async function stage(steps: readonly Step[], { toolPolicy, scopes, system = {} }: StageOptions = {}) {
  const deeds: Deeds = { done: [], hangs: false }
  const tools = toolsFor(deeds)
  const agent = defineAgent({ brain: caller(steps), tools, ...(toolPolicy !== undefined && { toolPolicy }) })
  const world = new World({ agent }, system)
  await world.open()
  const start = async () => {
    const permissions = scopes === undefined ? {} : withPermissions({ scopes })
    await world.system.spawn('agent', { id: 'a', input: { goal: 'do it' }, ...permissions })
    await world.system.settled()
  }
  const ref = () => world.system.actor('agent', 'a')
  const answers = () => {
    const { output } = ref().getSnapshot()
    return output?.status === 'done' ? (output.output as unknown[]) : undefined
  }
  return { world, deeds, start, ref, answers }
}
