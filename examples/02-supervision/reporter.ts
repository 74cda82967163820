/**
 * A reporter: gets a headline, asks a source about it, files the story. It handles no failure: a source that fails makes
 * the reporter fail, and the desk decides.
 */
import { type ActorRef, assign, fromPromise, type Snapshot, sendTo, setup } from 'xstate'
import type { FileStory } from './archive.js'
import type { Source } from './outside.js'

export interface Assignment {
  readonly type: 'ASSIGN'
  readonly text: string
}

/** Whom it is asked by, and about what. */
export interface Question {
  readonly reporter: string
  readonly topic: string
}

type ArchiveRef = ActorRef<Snapshot<unknown>, FileStory>

export function createReporterMachine(source: Source) {
  return setup({
    types: { context: {} as Question & { readonly filed: number }, events: {} as Assignment },
    actors: { source: fromPromise<string, Question>(({ input }) => source.ask(input.reporter, input.topic)) },
    actions: {
      file: sendTo(
        ({ system }) => system.get('archive') as ArchiveRef,
        (_, story: string) => ({ type: 'FILE', story }),
      ),
    },
  }).createMachine({
    id: 'reporter',
    version: '1',
    context: ({ self }) => ({ reporter: self.id, topic: '', filed: 0 }),
    initial: 'idle',
    states: {
      idle: {
        // Throws for a headline without text: what its type says of an event binds nobody out there.
        on: { ASSIGN: { target: 'asking', actions: assign({ topic: ({ event }) => event.text.trim() }) } },
      },
      asking: {
        meta: { defer: ['ASSIGN'] },
        invoke: {
          src: 'source',
          input: ({ context: { reporter, topic } }) => ({ reporter, topic }),
          onDone: {
            target: 'idle',
            actions: [
              { type: 'file', params: ({ event }) => event.output },
              assign({ topic: '', filed: ({ context }) => context.filed + 1 }),
            ],
          },
        },
      },
    },
  })
}
