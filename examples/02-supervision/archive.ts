/** The archive: every story that was filed. Its disk tells how it is; when the disk fails, so does the archive. */
import { assign, fromObservable, setup } from 'xstate'
import type { Disk } from './outside.js'

export interface FileStory {
  readonly type: 'FILE'
  readonly story: string
}

export function createArchiveMachine(disk: Disk) {
  return setup({
    types: { context: {} as { readonly stories: readonly string[] }, events: {} as FileStory },
    actors: { disk: fromObservable<string, undefined>(() => disk) },
  }).createMachine({
    id: 'archive',
    version: '1',
    context: { stories: [] },
    initial: 'open',
    states: {
      open: {
        invoke: { src: 'disk' },
        on: { FILE: { actions: assign({ stories: ({ context, event }) => [...context.stories, event.story] }) } },
      },
    },
  })
}
