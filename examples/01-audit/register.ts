/**
 * The register of an audit: which files there are, who has which in hand, and what was found. All that is big is kept here;
 * the agents tell one another counts and words.
 *
 * 1. Who has which file in hand is part of the state, and so are the findings: a crash takes back neither. A worker that
 *    asks with a file in hand has lost it, in a crash or in a restart, and gets it again.
 * 2. A finding counts while its file is in the hand of whoever brings it, so each file has one.
 * 3. A finding and the file that is given for it are one commit.
 * 4. The files are listed once: what comes into the folder later belongs to the next audit.
 */
import type { ReplyRef } from 'roscius'
import { assign, enqueueActions, setup } from 'xstate'
import type { FileFinding, FileList } from './finding.js'
import { addFinding, countFindings, type FindingPages } from './finding-pages.js'
import { countLeft, EMPTY_HANDS, free, giveNext, type Hands, pathOf, takeBack } from './hands.js'
import type { Limits } from './limits.js'

export interface RegisterContext {
  /** The audited folder, an absolute path. */
  readonly root: string
  /** What the audit may spend; part of its report. */
  readonly limits: Limits
  readonly list: FileList
  readonly hands: Hands
  readonly findings: FindingPages
  /** For each start of the process, how many files it found already read. */
  readonly starts: readonly number[]
}

/** A worker brings a finding, if it has one, and gets the next file, unless it has had enough. */
export interface Take {
  readonly type: 'TAKE'
  /** The path of the worker. */
  readonly worker: string
  readonly finding?: FileFinding
  readonly isEnough: boolean
  readonly replyTo: ReplyRef<Taken>
}

export interface Taken {
  readonly type: 'TAKEN'
  /** Null: there is none, or the worker has had enough. */
  readonly path: string | null
  /** How many files nobody has in hand or has reported on. */
  readonly left: number
}

export type RegisterEvent =
  | Take
  | { readonly type: 'LISTED'; readonly list: FileList }
  /** Whoever had a file in hand is gone. */
  | { readonly type: 'RECALLED' }
  | { readonly type: 'LIMITS_RAISED'; readonly limits: Limits }
  | { readonly type: 'PROCESS_STARTED'; readonly alreadyRead: number }

const NOTHING: FileList = { files: [], links: [], unread: [] }

export const registerMachine = setup({
  types: {
    context: {} as RegisterContext,
    events: {} as RegisterEvent,
    input: {} as Pick<RegisterContext, 'root' | 'limits'>,
  },
  actions: {
    take: enqueueActions(({ context, enqueue }, { worker, finding, isEnough, replyTo }: Take) => {
      const { list, findings } = context
      const isInHand = finding !== undefined && pathOf(context.hands, worker) === finding.path
      const freed = isInHand ? free(context.hands, worker) : context.hands
      const { hands, path } = isEnough ? { hands: freed, path: null } : giveNext(freed, worker, list.files)
      enqueue.assign({ hands, findings: isInHand ? addFinding(findings, finding) : findings })
      enqueue.sendTo(replyTo, { type: 'TAKEN', path, left: countLeft(hands, list.files) })
    }),
    countStart: assign({
      starts: ({ context }, { alreadyRead }: { readonly alreadyRead: number }) => [...context.starts, alreadyRead],
    }),
  },
  guards: {
    isEveryFileRead: ({ context }) => countFindings(context.findings) === context.list.files.length,
  },
}).createMachine({
  id: 'register',
  version: '1',
  context: ({ input: { root, limits } }) => ({
    root,
    limits,
    list: NOTHING,
    hands: EMPTY_HANDS,
    findings: [],
    starts: [],
  }),
  initial: 'unlisted',
  on: {
    TAKE: { actions: { type: 'take', params: ({ event }) => event } },
    RECALLED: { actions: assign({ hands: ({ context }) => takeBack(context.hands) }) },
    LIMITS_RAISED: { actions: assign({ limits: ({ event }) => event.limits }) },
    PROCESS_STARTED: { actions: { type: 'countStart', params: ({ event }) => event } },
  },
  states: {
    unlisted: {
      on: { LISTED: { target: 'reading', actions: assign({ list: ({ event }) => event.list }) } },
    },
    reading: { always: { guard: 'isEveryFileRead', target: 'complete' } },
    // Not final: the writer and the reporter read it, and each start of the process is counted.
    complete: {},
  },
})
