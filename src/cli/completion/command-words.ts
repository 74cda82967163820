/** The words of the command line, as shells complete them: commands, what they are for, and their options. */
import { DEAD_LETTER_REASONS } from '../text/dead-letter-reasons.js'

export interface CommandWords {
  readonly about: string
  /** Words that stand first. */
  readonly verbs?: readonly string[]
  /** Options without `--`; of those with a few values these, `[]` for a value of any kind, `undefined` for none. */
  readonly options: Readonly<Record<string, readonly string[] | undefined>>
  /** What the first word is: a folder, unless it says something else. */
  readonly first?: 'file' | 'shell'
}

const ANY: readonly string[] = []
const STATUSES = ['starting', 'active', 'restarting', 'done', 'failed', 'stopped', 'quarantined', 'missing']
const RISKS = ['read', 'write', 'danger']

/** What all of them take. */
const COMMON = { json: undefined, help: undefined }
const ORDER = { by: ANY, reason: ANY, ...COMMON }

export const COMMAND_WORDS: Readonly<Record<string, CommandWords>> = {
  approvals: {
    about: 'what agents ask people: list, show, approve, deny',
    verbs: ['list', 'show', 'approve', 'deny'],
    options: {
      status: ['pending', 'approved', 'denied', 'expired', 'withdrawn', 'any'],
      path: ANY,
      risk: RISKS,
      all: undefined,
      ...ORDER,
    },
  },
  audit: {
    about: 'the audit trail of a store: verify, export',
    verbs: ['verify', 'export'],
    options: {
      anchor: ANY,
      partial: undefined,
      kind: ANY,
      path: ANY,
      from: ANY,
      to: ANY,
      journal: undefined,
      ...COMMON,
    },
  },
  cancel: { about: 'cancel an actor and all below it', options: ORDER },
  check: {
    about: 'check the statecharts that a module exports, without running them',
    first: 'file',
    options: {
      export: ANY,
      'bounding-guard': ANY,
      'approval-event': ANY,
      'approval-guard': ANY,
      'danger-action': ANY,
      'danger-actor': ANY,
      ...COMMON,
    },
  },
  completion: {
    about: 'what makes a shell complete these commands: bash, zsh, fish',
    first: 'shell',
    verbs: ['bash', 'zsh', 'fish'],
    options: { help: undefined },
  },
  coverage: {
    about: 'which states, transitions and guard outcomes the actors of a machine have come to',
    first: 'file',
    options: { live: undefined, logic: ANY, all: undefined, ...COMMON },
  },
  deadletters: {
    about: 'events that nobody took, and why; retry or discard them',
    verbs: ['retry', 'discard'],
    options: { path: ANY, reason: DEAD_LETTER_REASONS, limit: ANY, all: undefined, by: ANY, ...COMMON },
  },
  diff: {
    about: 'what differs between two versions of a machine, and which stored actors that touches',
    first: 'file',
    options: { export: ANY, store: ANY, logic: ANY, ...COMMON },
  },
  explain: {
    about: 'why an actor is where it is, and what it waits for',
    options: { event: ANY, ...COMMON },
  },
  inspect: {
    about: 'where the console of a running system is; its actors in the inspector of Stately',
    options: { stately: undefined, port: ANY, yes: undefined, ...COMMON },
  },
  journal: {
    about: 'the records of an actor',
    options: { from: ANY, before: ANY, limit: ANY, ...COMMON },
  },
  pause: { about: 'let an actor wait, until it is resumed', options: ORDER },
  peers: {
    about: 'the links to other nodes: state, round trips, what waits; reset one',
    verbs: ['reset'],
    options: { watch: undefined, ...ORDER },
  },
  ps: {
    about: 'the actors as a table: filtered, sorted',
    options: {
      search: ANY,
      status: STATUSES,
      logic: ANY,
      under: ANY,
      trouble: undefined,
      sort: ['tree', 'path', 'rate', 'mailbox', 'restarts', 'budget', 'last'],
      limit: ANY,
      ...COMMON,
    },
  },
  restart: {
    about: 'restart an actor',
    options: { from: ['lastGood', 'initial'], ...ORDER },
  },
  resume: { about: 'let a paused actor go on', options: ORDER },
  send: { about: 'send an actor an event', options: { key: ANY, by: ANY, ...COMMON } },
  show: {
    about: 'one actor: state, timers, effects, mail, budget; its context',
    options: { context: undefined, at: ANY, offset: ANY, limit: ANY, ...COMMON },
  },
  tail: {
    about: 'what actors do, as it happens',
    options: { types: ANY, kinds: ['unit', 'commit', 'effect', 'notice'], sample: ANY, ...COMMON },
  },
  top: {
    about: 'a live table of what a running system and its actors do',
    options: {
      sort: ['rate', 'mailbox', 'restarts', 'budget', 'last', 'path'],
      under: ANY,
      limit: ANY,
      every: ANY,
      once: undefined,
      ...COMMON,
    },
  },
  tree: { about: 'draw the actors: status, state, restarts, mail', options: { depth: ANY, ...COMMON } },
  verify: {
    about: 'check a whole store: records, journals, timers, references',
    options: COMMON,
  },
  viz: {
    about: 'draw the statechart of a machine, or of an actor with its states: SVG, Mermaid, JSON',
    first: 'file',
    options: {
      format: ['svg', 'mermaid', 'json'],
      output: ANY,
      export: ANY,
      state: ANY,
      depth: ANY,
      theme: ['auto', 'light', 'dark'],
      folder: ANY,
      machine: ANY,
      help: undefined,
    },
  },
}
