/** Memory in the shape that an agent takes it: promise logic that recalls for a turn, and that keeps a note. */
import { fromPromise, type PromiseActorLogic } from 'xstate'
import type { RecallInput, RememberInput } from '../../machines/index.js'
import { RosciusError } from '../core/errors.js'
import { currentRun } from '../runtime/effect-run.js'
import type { MemoryItem, MemoryKind, MemoryStore } from './memory-store.js'

export interface ForAgentOptions {
  /** Most lines that a turn is told; default 5. */
  readonly limit?: number
  /** The least score of a line, 0 to 1; default 0. */
  readonly minScore?: number
  /** What it recalls; default all kinds. */
  readonly kinds?: readonly MemoryKind[]
  /** Namespaces that it also recalls from, such as one that a team shares. It remembers in its own only. */
  readonly also?: readonly string[]
  /** What its notes are kept as; default `note`. */
  readonly kind?: MemoryKind
  /** Of its notes, 0 to 1; default 0.5. */
  readonly importance?: number
  readonly tags?: readonly string[]
}

export interface AgentMemory {
  /** The texts that have most to do with goal and constraints, the best first. */
  readonly recall: PromiseActorLogic<string[], RecallInput>
  /** Keeps the note, once over crashes. */
  readonly remember: PromiseActorLogic<MemoryItem, RememberInput>
}

/**
 * Memory for `createAgentMachine({ memory })`, over any store. `namespace`: default the path of the agent that asks. Its logic
 * fails with `NOT_IN_SYSTEM` if it has no namespace and runs outside a Roscius system.
 */
export function memoryForAgent(store: MemoryStore, namespace?: string, options: ForAgentOptions = {}): AgentMemory {
  const { limit = 5, also = [], kind = 'note', kinds, minScore, importance, tags } = options
  return {
    recall: fromPromise<string[], RecallInput>(async ({ input: { goal, constraints }, signal }) => {
      const query = [goal, ...constraints].join('\n').slice(0, MAX_TEXT)
      const found = await store.recall({
        query,
        namespace: [namespace ?? ownNamespace(), ...also],
        limit,
        minScore,
        kinds,
        signal,
      })
      return found.map(({ item }) => item.text)
    }),
    remember: fromPromise<MemoryItem, RememberInput>(({ input: { goal, note, turn } }) =>
      store.remember({
        namespace: namespace ?? ownNamespace(),
        kind,
        text: note.slice(0, MAX_TEXT) || goal.slice(0, MAX_TEXT),
        data: { goal, turn },
        importance,
        tags,
      }),
    ),
  }
}

/** What `remember` and `recall` take. */
const MAX_TEXT = 16_384

function ownNamespace(): string {
  const path = currentRun()?.path
  if (path !== undefined) return path
  throw new RosciusError(
    'NOT_IN_SYSTEM',
    'Memory without a namespace belongs to an actor of a Roscius system; give it a namespace.',
  )
}
