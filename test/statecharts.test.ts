import { describe, expect, test } from 'vitest'
import type { AnyStateMachine } from 'xstate'
import { fromRules } from '../actors/from-rules.js'
import { registerMachine } from '../examples/01-audit/register.js'
import { createAgentMachine } from '../machines/agent.js'
import { createAssociationMachine } from '../machines/association.js'
import { supervisorMachine } from '../machines/supervisor.js'
import { type DrawingOptions, drawMachine } from '../src/inspect/chart/draw-machine.js'

const brain = fromRules([{ decide: { event: { type: 'FINISH' }, reason: 'it is done' } }])

/** The pictures of the docs; `npm run docs:charts` draws them anew. */
const pictures: readonly (readonly [name: string, machine: AnyStateMachine, drawing?: DrawingOptions])[] = [
  ['audit', registerMachine],
  ['supervisor', supervisorMachine],
  ['agent', createAgentMachine({ brain }), { depth: 4 }],
  ['association', createAssociationMachine(), { state: 'association.active.link', depth: 1 }],
  ['agent-turn', createAgentMachine({ brain }), { state: 'agent.active.job.engaged.working', depth: 1 }],
]

describe('the statecharts in the docs', () => {
  for (const [name, machine, drawing] of pictures)
    test(`${name}.svg shows the machine as it is`, async () => {
      await expect(await drawMachine(machine, drawing)).toMatchFileSnapshot(`../docs/images/${name}.svg`)
    })
})
