/**
 * A place where events of one type are worked off, one after the other: each is given to an agent of its own, and what that
 * decides is an event again, which goes on to the next one. The station decides nothing; a plain XState machine.
 *
 *     idle ──event──> deciding ──the agent's event──> idle
 */
import type { AgentOutput, DelegateAnswer, Task } from 'roscius/machines'
import {
  type ActorRef,
  assign,
  type EventObject,
  enqueueActions,
  type PromiseActorLogic,
  type Snapshot,
  setup,
} from 'xstate'
import type { DeskEvent } from './events.js'

export interface StationOptions<TTaken extends DeskEvent> {
  /** The type of event that it takes. */
  readonly takes: TTaken['type']
  /** The kind of agent that decides. */
  readonly agent: string
  readonly delegate: PromiseActorLogic<DelegateAnswer, Task>
  /** The `systemId` of who gets what was decided; nobody, if it ends here. */
  readonly next: (decided: DeskEvent) => string | undefined
  /** What counts as decided if the agent ends without a decision. */
  readonly otherwise: (taken: TTaken) => DeskEvent
}

export interface StationContext {
  /** Events so far: each gets an agent of its own. */
  readonly count: number
  readonly taken: DeskEvent | undefined
}

type Receiver = ActorRef<Snapshot<unknown>, EventObject>

export function createStation<TTaken extends DeskEvent>(options: StationOptions<TTaken>) {
  const { takes, agent, delegate, next, otherwise } = options
  return setup({
    types: { context: {} as StationContext, events: {} as DeskEvent },
    actors: { delegate },
    actions: {
      take: assign(({ context, event }) => ({ count: context.count + 1, taken: event })),
      passOn: enqueueActions(({ context, system, enqueue }, answer: DelegateAnswer | undefined) => {
        const decided = decidedIn(answer) ?? otherwise(context.taken as TTaken)
        const to = next(decided)
        if (to !== undefined) enqueue.sendTo(system.get(to) as Receiver, decided)
      }),
    },
  }).createMachine({
    id: 'station',
    version: '1',
    context: { count: 0, taken: undefined },
    initial: 'idle',
    states: {
      idle: { tags: ['idle'], on: { [takes]: { target: 'deciding', actions: 'take' } } },
      deciding: {
        meta: { defer: [takes] },
        invoke: {
          src: 'delegate',
          input: ({ context: { count, taken } }) => ({
            id: `${count}`,
            to: agent,
            task: JSON.stringify(taken),
            depth: 1,
          }),
          onDone: { target: 'idle', actions: { type: 'passOn', params: ({ event }) => event.output } },
          onError: { target: 'idle', actions: { type: 'passOn', params: undefined } },
        },
      },
    },
  })
}

function decidedIn(answer: DelegateAnswer | undefined): DeskEvent | undefined {
  const ended = (answer?.status === 'done' ? answer.output : undefined) as AgentOutput | undefined
  return ended?.status === 'done' ? (ended.output as DeskEvent) : undefined
}
