/** A world whose systems have a desk for approvals, and an agent that asks there before it wipes. */
import { type ApprovalDesk, approvalActor, defineTool, type LogicTable, type System } from 'roscius'
import { defineAgent, fromRules } from 'roscius/actors'
import { createAgentMachine, type ToolCall } from 'roscius/machines'
import { fromCallback, fromPromise } from 'xstate'
import { z } from 'zod'
import type { Approvals } from '../../../src/governance/approvals/approvals.js'
import { currentRun } from '../../../src/runtime/effect-run.js'
import { World } from '../../support/world.js'

/** Hands out the desk of the node that it runs on, as an effect finds it. */
const deskOf = (found: (approvals: Approvals) => void) =>
  fromCallback(() => found(currentRun()?.extension('approvals') as Approvals))

export class DeskWorld<const TLogic extends LogicTable> extends World<TLogic> {
  #approvals: Approvals | undefined

  /** What an effect asks. */
  get approvals(): Approvals {
    return this.#approvals as Approvals
  }

  /** What a person has. */
  get desk(): ApprovalDesk {
    return this.system.approvals
  }

  override async open(logic: LogicTable = this.logic): Promise<System<TLogic>> {
    const found = (approvals: Approvals): void => {
      this.#approvals = approvals
    }
    const system = await super.open({ ...logic, desk: { logic: deskOf(found), durability: 'volatile' } })
    await (system as unknown as System).spawn('desk')
    return system
  }

  /** What was told of approvals: each with its type and what it says besides. */
  get told(): string[] {
    return this.events.flatMap((event) => {
      if (!event.type.startsWith('approval')) return []
      const {
        type,
        to = '',
        decision = '',
        by = '',
      } = event as { type: string; to?: string; decision?: string; by?: string }
      return [type, to, decision, by].filter((word) => word !== '').join(' ')
    })
  }

  get statuses(): string[] {
    return this.desk.list({ status: 'any' }).map(({ status }) => status)
  }
}

const brain = fromRules([
  { when: { turn: 1 }, decide: { event: { type: 'USE_TOOL', tool: 'wipe', input: { disk: 'b' } }, reason: 'full' } },
  { decide: { event: { type: 'FINISH', output: 'over' }, reason: 'nothing left' } },
])

/** An agent that wipes a disk, if it may. `wiped`: the calls that were carried out, as the outside has seen them. */
export function agentLogic(wiped: ToolCall[], limits: { readonly approvalMs?: number } = {}) {
  const tool = fromPromise(async ({ input }: { input: ToolCall }) => {
    wiped.push(input)
    return 'wiped'
  })
  return createAgentMachine({
    goal: 'make room',
    brain,
    tool,
    tools: [{ name: 'wipe', description: 'wipes a disk', risk: 'danger' }],
    approval: approvalActor,
    limits: { approvalMs: 3_600_000, ...limits },
  })
}

/** The same agent behind the gate of the tools, which demands the approval. */
export function gatedLogic(wiped: unknown[]) {
  const wipe = defineTool({
    name: 'wipe',
    version: '1.0.0',
    description: 'wipes a disk',
    input: z.object({ disk: z.string() }),
    output: z.string(),
    risk: 'danger',
    idempotent: true,
    execute: ({ input }) => {
      wiped.push(input)
      return 'wiped'
    },
  })
  return defineAgent({ goal: 'make room', brain, tools: [wipe], limits: { approvalMs: 3_600_000 } })
}
