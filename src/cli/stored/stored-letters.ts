/** The dead letters of a store that no system has open, oldest first. */
import type { ActorPath } from '../../core/address.js'
import type { DeadLetterReason } from '../../core/events.js'
import { kindRange } from '../../persistence/keys.js'
import { NO_REFS } from '../../persistence/storable.js'
import type { DeadLetter } from '../../runtime/dead-letters.js'
import type { StoreSight } from './stored-sight.js'

type Packed = readonly [
  path: ActorPath,
  event: { readonly type: string },
  from: string | null,
  reason: DeadLetterReason,
  time: number,
  failure?: readonly [error: unknown, snapshot: unknown],
]

export function storedLetters({ values, codec }: Pick<StoreSight, 'values' | 'codec'>) {
  return {
    async *list(): AsyncGenerator<DeadLetter> {
      for await (const [key, bytes] of values.range(kindRange('x'))) {
        const [path, event, from, reason, time, failure] = codec.decode(bytes, key, NO_REFS) as Packed
        const facts = failure && { error: failure[0], snapshot: failure[1] }
        yield { id: key.slice(2), path, event, from: from ?? undefined, reason, failure: facts, time }
      }
    },
  }
}
