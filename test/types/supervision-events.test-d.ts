import type { Directive, FailureClass, RestartFrom, Rule, Strategy, SupervisionEvent, System } from 'roscius'
import { expectTypeOf } from 'vitest'

type EventOf<T extends SupervisionEvent['type']> = Extract<SupervisionEvent, { type: T }>

// What an event says is of the same types as what a spec says.
expectTypeOf<EventOf<'childFailed'>['failureClass']>().toEqualTypeOf<FailureClass>()
expectTypeOf<EventOf<'childFailed'>['decision']>().toEqualTypeOf<Directive>()
expectTypeOf<EventOf<'childFailed'>['rule']>().toEqualTypeOf<Rule>()
expectTypeOf<EventOf<'childRestarted'>['from']>().toEqualTypeOf<RestartFrom>()
expectTypeOf<EventOf<'groupRestarting'>['strategy']>().toEqualTypeOf<Strategy>()

// A rule that is none is found by the compiler, in a comparison and in a switch.
declare const system: System
system.on((event) => {
  if (event.type !== 'childFailed') return
  switch (event.rule) {
    case 'poison':
      return
    // @ts-expect-error there is no such rule
    case 'poisoned':
      return
  }
  // @ts-expect-error there is no such class
  if (event.failureClass === 'fatal') return
  // @ts-expect-error what was decided is `decision`
  event.directive
})
