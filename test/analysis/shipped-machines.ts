/**
 * Every statechart that is shipped, by the file that makes it, with what its check goes by. What is known and wanted is said
 * here with its reason, unless the machine says so itself.
 */
import { type AnyStateMachine, fromPromise } from 'xstate'
import { fromRules } from '../../actors/from-rules.js'
import { analystMachine } from '../../examples/01-audit/analyst.js'
import { registerMachine } from '../../examples/01-audit/register.js'
import { createArchiveMachine } from '../../examples/02-supervision/archive.js'
import type { Agency, Disk, Source } from '../../examples/02-supervision/outside.js'
import { createReporterMachine } from '../../examples/02-supervision/reporter.js'
import { tickerMachine } from '../../examples/02-supervision/ticker.js'
import { createWireMachine } from '../../examples/02-supervision/wire.js'
import { foremanMachine } from '../../examples/03-two-nodes/foreman.js'
import { workerMachine } from '../../examples/03-two-nodes/worker.js'
import { createBoardMachine } from '../../examples/04-task-desk/board.js'
import { positionMachine } from '../../examples/05-market-desk/position.js'
import { createStation } from '../../examples/05-market-desk/station.js'
import { createDroneMachine } from '../../examples/06-drones/drone.js'
import { order } from '../../examples/07-embedding/orders.js'
import { createAgentMachine } from '../../machines/agent.js'
import { createAssociationMachine } from '../../machines/association.js'
import { createCircuitBreakerMachine } from '../../machines/circuit-breaker.js'
import { createDecisionMachine } from '../../machines/decision.js'
import { type AttemptInput, createRetryMachine } from '../../machines/retry.js'
import { supervisorMachine } from '../../machines/supervisor.js'
import type { CheckOptions } from '../../src/analysis/check-options.js'

type Suppression = NonNullable<CheckOptions['suppress']>[number]

const waits = (state: string, reason: string): Suppression => ({ rule: 'wait-without-timeout', state, reason })
const fails = (state: string, reason: string): Suppression => ({ rule: 'effect-without-error-path', state, reason })

const ends = (state: string, reason: string): Suppression => ({ rule: 'dead-end', state, reason })

const SERVES = 'it serves whoever asks, for as long as the system runs'
const SUPERVISED = 'it is to fail, and its supervisor decides'
const ENGINE = 'the effect is the engine itself: if it fails, the supervisor fails, and its own supervisor decides'

/** A part of the world that only a running machine would touch. */
const outside = <T>(): T => ({}) as T

const finishing = fromRules([{ decide: { event: { type: 'FINISH' }, reason: 'it is checked, and not run' } }])

export const shippedMachines: Readonly<
  Record<string, { readonly machine: AnyStateMachine; readonly options?: CheckOptions }>
> = {
  'machines/agent.ts': { machine: createAgentMachine({ brain: finishing }) },
  'machines/association.ts': { machine: createAssociationMachine() },
  'machines/circuit-breaker.ts': { machine: createCircuitBreakerMachine() },
  'machines/decision.ts': { machine: createDecisionMachine({ brain: outside(), schemas: {} }) },
  'machines/retry.ts': {
    machine: createRetryMachine(fromPromise<string, AttemptInput<string>>(async () => 'done')),
    options: { boundingGuards: ['hasAttemptsLeft'] },
  },
  'machines/supervisor.ts': {
    machine: supervisorMachine,
    options: {
      suppress: [
        waits('running', 'supervising is waiting'),
        ...['running', 'weighing', 'restarting.stopping', 'stopping', 'escalating'].map((state) =>
          fails(state, ENGINE),
        ),
      ],
    },
  },
  'examples/01-audit/register.ts': {
    machine: registerMachine,
    options: {
      suppress: [
        {
          rule: 'dead-end',
          state: 'complete',
          reason: 'not final: it is read, and each start of the process is counted',
        },
        ...['unlisted', 'reading'].map((state) => waits(state, SERVES)),
      ],
    },
  },
  'examples/01-audit/analyst.ts': { machine: analystMachine, options: { suppress: [waits('(root)', SERVES)] } },
  'examples/02-supervision/archive.ts': {
    machine: createArchiveMachine(outside<Disk>()),
    options: { suppress: [waits('open', SERVES), fails('open', SUPERVISED)] },
  },
  'examples/02-supervision/reporter.ts': {
    machine: createReporterMachine(outside<Source>()),
    options: { suppress: [waits('idle', SERVES), fails('asking', SUPERVISED)] },
  },
  'examples/02-supervision/ticker.ts': { machine: tickerMachine, options: { suppress: [waits('running', SERVES)] } },
  'examples/02-supervision/wire.ts': {
    machine: createWireMachine(outside<Agency>()),
    options: { suppress: [waits('online', SERVES), fails('online', SUPERVISED)] },
  },
  'examples/03-two-nodes/foreman.ts': {
    machine: foremanMachine,
    options: {
      suppress: [
        ends('broken', 'the example ends here, and fails'),
        waits('working', 'for as long as the other node is away: that is what is shown'),
        waits('finished', 'a report that came twice would be counted'),
      ],
    },
  },
  'examples/03-two-nodes/worker.ts': {
    machine: workerMachine,
    options: { suppress: [waits('idle', SERVES), fails('working', SUPERVISED)] },
  },
  'examples/07-embedding/orders.ts': {
    machine: order,
    options: {
      suppress: [ends('paid', 'not final: it is read, for as long as there is the service'), waits('open', SERVES)],
    },
  },
  'examples/04-task-desk/board.ts': { machine: createBoardMachine(outside()) },
  'examples/05-market-desk/position.ts': { machine: positionMachine },
  'examples/05-market-desk/station.ts': {
    machine: createStation({
      takes: 'QUOTE',
      agent: 'analyst',
      delegate: outside(),
      next: () => undefined,
      otherwise: () => ({ type: 'HOLD', instrument: '', reason: '' }),
    }),
  },
  'examples/06-drones/drone.ts': { machine: createDroneMachine(outside()) },
}
