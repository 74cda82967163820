import type { EventObject } from 'xstate'
import { Answers, type Host } from '../hosts/host.js'
import { buildMachine } from './build-machine.js'
import { type Observation, observe } from './observe.js'
import { buildPeer, nudge } from './peer-machine.js'
import type { MachineSpec, Step } from './spec.js'

/** What one step did, as far as anybody can see. */
export interface Trace {
  readonly step: Step | 'start'
  readonly main: Observation
  readonly peer: Observation
  /** What the custom actions of the main machine and its children logged, in order. */
  readonly actions: readonly string[]
  readonly peerActions: readonly string[]
  readonly emitted: readonly EventObject[]
}

export interface Outcome {
  readonly traces: readonly Trace[]
  /** False if XState itself contradicted itself on the way: see `Stage.isSound`. */
  readonly isSound: boolean
}

/** Runs a generated machine beside its peer on a host, one step after the other. */
export async function runScenario(host: Host, spec: MachineSpec, steps: readonly Step[]): Promise<Outcome> {
  const actions: string[] = []
  const peerActions: string[] = []
  const emitted: EventObject[] = []
  const answers = new Answers()
  const stage = await host.open(
    {
      main: buildMachine(spec, {
        note: (id, text) => actions.push(`${id}: ${text}`),
        answer: (answer) => answers.add(answer),
      }),
      peer: buildPeer((id, text) => peerActions.push(`${id}: ${text}`)),
    },
    { answers, onEmit: (name, event) => name === 'main' && emitted.push(event) },
  )
  const look = (step: Trace['step']): Trace => ({
    step,
    main: observe(stage.snapshot('main')),
    peer: observe(stage.snapshot('peer')),
    actions: actions.splice(0),
    peerActions: peerActions.splice(0),
    emitted: emitted.splice(0),
  })
  try {
    await stage.spawn('peer')
    await stage.spawn('main', { peer: stage.ref('peer') })
    const traces = [look('start')]
    let isSound = stage.isSound()
    for (const step of steps) {
      if ('advanceMs' in step) await stage.advance(step.advanceMs)
      else if ('nudge' in step) await stage.send('peer', nudge(step.nudge))
      else if (stage.snapshot('main').status === 'active') {
        await stage.send('main', ...step.send.map((type) => ({ type })))
      }
      traces.push(look(step))
      isSound &&= stage.isSound()
    }
    return { traces, isSound }
  } finally {
    await stage.close()
  }
}
