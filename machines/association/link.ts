/** The life of the connection: from the dial, or the call, to its end, and to the next dial. */
import type { AssociationContext } from './context.js'
import type { AssociationEvent } from './events.js'
import { faultIn } from './faults.js'
import { judgeCall } from './judge-call.js'
import type { KeepOnlyParams, RefuseCallParams, ResumeInput } from './outside.js'
import type { AssociationSetup } from './setup.js'

type Told = { readonly context: AssociationContext; readonly event: object }
type Args = Told & { readonly event: AssociationEvent }

const resumeInput = ({ context: { held, isReset } }: { context: AssociationContext }): ResumeInput => ({
  connection: held!.connection,
  dialledBy: held!.dialledBy,
  peer: held!.peer!,
  isReset,
})

const keep = (connection: string | undefined, code: string, reason: string) => ({
  type: 'keepOnly' as const,
  params: { connection, code, reason },
})

const keepNone = {
  type: 'keepOnly' as const,
  params: (told: Told): KeepOnlyParams => {
    const { code, reason } = faultIn(told)
    return { connection: undefined, code, reason }
  },
}
const keepCall = {
  type: 'keepOnly' as const,
  params: ({ event }: Args): KeepOnlyParams => ({
    connection: event.type === 'CALLED' ? event.connection : undefined,
    code: 'SUPERSEDED',
    reason: 'Another connection is kept.',
  }),
}
const refuseCall = {
  type: 'refuseCall' as const,
  params: ({ context, event }: Args): RefuseCallParams => {
    const judged = event.type === 'CALLED' ? judgeCall(context, event) : undefined
    return {
      connection: event.type === 'CALLED' ? event.connection : '',
      code: judged?.isTaken === false ? judged.code : 'SUPERSEDED',
    }
  },
}

/** The fault is judged before it changes what is known. */
const FAILED = [keepNone, 'fail' as const]
const LOST = { target: '#broken', actions: FAILED } as const

function connecting(association: AssociationSetup) {
  return association.createStateConfig({
    id: 'connecting',
    entry: ['noteSince', 'countDial', 'tellDialling'],
    invoke: {
      id: 'dial',
      src: 'dial',
      input: ({ context: { address, attempt } }) => ({ address: address!, attempt }),
      onDone: { target: 'handshaking', actions: 'holdDialled' },
      onError: LOST,
    },
    after: { connectTimeout: LOST },
    on: {
      PEER_REMOVED: { target: 'idle', actions: ['forgetAddress', REMOVED] },
    },
  })
}

const REMOVED = keep(undefined, 'PEER_REMOVED', 'The peer is not dialled any more.')

function handshaking(association: AssociationSetup) {
  return association.createStateConfig({
    entry: 'noteSince',
    invoke: {
      id: 'handshake',
      src: 'handshake',
      input: ({ context }) => ({ connection: context.held!.connection }),
      onDone: [{ guard: 'isAcceptable', target: 'resuming', actions: 'holdPeer' }, LOST],
      onError: LOST,
    },
    after: { handshakeTimeout: LOST },
  })
}

/** Positions are judged before anything is sent again. */
function resuming(association: AssociationSetup) {
  return association.createStateConfig({
    id: 'resuming',
    entry: 'noteSince',
    initial: 'exchanging',
    states: {
      exchanging: {
        invoke: {
          id: 'exchange',
          src: 'exchange',
          input: resumeInput,
          onDone: [{ guard: 'agrees', target: 'replaying' }, LOST],
          onError: LOST,
        },
        after: { resumeTimeout: LOST },
      },
      replaying: {
        invoke: {
          id: 'replay',
          src: 'replay',
          input: resumeInput,
          onDone: '#linked',
          onError: LOST,
        },
        after: { resumeTimeout: LOST },
      },
    },
  })
}

function linked(association: AssociationSetup) {
  return association.createStateConfig({
    id: 'linked',
    tags: ['idle'],
    meta: { roscius: { waits: 'forever', reason: 'being up is waiting; ticks end it when the peer is silent' } },
    entry: ['noteSince', 'noteUp'],
    invoke: {
      id: 'carry',
      src: 'carry',
      input: resumeInput,
      onError: LOST,
    },
    after: { stable: { actions: 'forgetFailures' } },
    on: {
      LOST: { guard: 'isOfHeld', ...LOST },
      TICKED: { guard: 'isDead', ...LOST },
    },
    initial: 'up',
    states: {
      up: {
        on: {
          TICKED: [
            { guard: 'isDead', ...LOST },
            { guard: 'isLate', target: 'degraded', actions: 'tellDegraded' },
          ],
        },
      },
      degraded: { on: { HEARD: { guard: 'isOfHeld', target: 'up', actions: 'tellRecovered' } } },
    },
  })
}

/** What comes after a failure. */
function broken(association: AssociationSetup) {
  return association.createStateConfig({
    id: 'broken',
    always: [
      { guard: 'isForReset', target: 'refused.untilReset' },
      { guard: 'isForOperator', target: 'refused.slowly' },
      { guard: 'hasAddress', target: 'backingOff' },
      { target: 'idle' },
    ],
  })
}

const FOR_EVER = 'a peer that is away is dialled for ever, each time after a longer wait, until it is removed'

function backingOff(association: AssociationSetup) {
  return association.createStateConfig({
    meta: { roscius: { suppress: [{ rule: 'endless-cycle', reason: FOR_EVER }] } },
    entry: ['noteSince', 'tellBackingOff'],
    after: { backoff: 'connecting' },
    on: {
      PEER_ADDED: [
        { guard: 'isOtherAddress', target: 'connecting', actions: 'noteAddress' },
        { guard: 'isAddress', actions: 'noteAddress' },
      ],
      PEER_REMOVED: { target: 'idle', actions: 'forgetAddress' },
    },
  })
}

/** Calls are still taken, unless they come from the store about which an operator has to decide. */
function refused(association: AssociationSetup) {
  return association.createStateConfig({
    entry: ['noteSince', 'tellRefused'],
    states: {
      slowly: {
        meta: { roscius: { suppress: [{ rule: 'endless-cycle', reason: FOR_EVER }] } },
        after: { refusedRetry: [{ guard: 'hasAddress', target: '#connecting' }, { target: '#idle' }] },
        on: { PEER_ADDED: { guard: 'isOtherAddress', target: '#connecting', actions: 'noteAddress' } },
      },
      untilReset: {
        tags: ['idle'],
        meta: { roscius: { waits: 'forever', reason: 'only an operator knows which of the two pasts is true' } },
      },
    },
    initial: 'slowly',
  })
}

const RESET = [keep(undefined, 'RESET', 'An operator has reset the link.'), 'reset' as const, 'tellReset' as const]

export function link(association: AssociationSetup) {
  return association.createStateConfig({
    initial: 'starting',
    on: {
      CALLED: [
        { guard: 'isTaken', target: '.resuming', actions: [keepCall, 'holdPeer'] },
        { actions: [refuseCall, 'tellCallRefused'] },
      ],
      PEER_ADDED: { guard: 'isAddress', actions: 'noteAddress' },
      PEER_REMOVED: { actions: 'forgetAddress' },
      RESET: [
        { guard: 'hasAddress', target: '.connecting', actions: RESET },
        { target: '.idle', actions: RESET },
      ],
    },
    states: {
      starting: { always: [{ guard: 'hasAddress', target: 'connecting' }, { target: 'idle' }] },
      /** There is nothing to dial: the peer has to call. */
      idle: {
        id: 'idle',
        entry: 'noteSince',
        tags: ['idle'],
        meta: { roscius: { waits: 'forever', reason: 'the peer calls, or an address becomes known' } },
        on: { PEER_ADDED: { guard: 'isAddress', target: 'connecting', actions: 'noteAddress' } },
      },
      connecting: connecting(association),
      handshaking: handshaking(association),
      resuming: resuming(association),
      linked: linked(association),
      broken: broken(association),
      backingOff: backingOff(association),
      refused: refused(association),
    },
  })
}
