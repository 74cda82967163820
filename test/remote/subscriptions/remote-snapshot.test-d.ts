import { expectTypeOf } from 'vitest'
import { fromPromise, setup } from 'xstate'
import type { RemoteSnapshotFrom } from '../../../src/remote/subscriptions/remote-snapshot.js'

const order = setup({
  types: { context: {} as { readonly items: number }, output: {} as string, tags: {} as 'busy' },
}).createMachine({
  context: { items: 0 },
  initial: 'open',
  states: { open: { tags: 'busy' }, paid: { type: 'final' } },
  output: 'thanks',
})

export function select(snapshot: RemoteSnapshotFrom<typeof order>): void {
  expectTypeOf(snapshot.context.items).toEqualTypeOf<number>()
  expectTypeOf(snapshot.seqNr).toEqualTypeOf<number>()
  expectTypeOf(snapshot.value).toEqualTypeOf<'open' | 'paid'>()
  expectTypeOf(snapshot.matches('open')).toEqualTypeOf<boolean>()
  expectTypeOf(snapshot.hasTag('busy')).toEqualTypeOf<boolean>()
  // The status tells its members apart, as with XState.
  if (snapshot.status === 'done') expectTypeOf(snapshot.output).toEqualTypeOf<string>()
  // @ts-expect-error the machine has no such state
  snapshot.matches('closed')
  // @ts-expect-error needs the machine
  snapshot.can({ type: 'PAY' })
  // @ts-expect-error refs of children stay where they are
  snapshot.children
}

const sum = fromPromise(async () => 5)

export function selectOutput(snapshot: RemoteSnapshotFrom<typeof sum>): void {
  expectTypeOf(snapshot.output).toEqualTypeOf<number | undefined>()
  expectTypeOf(snapshot.seqNr).toEqualTypeOf<number>()
}
