/** The parts of a link's statechart by name: its actors, guards, actions and delays. */
import { assign, emit, enqueueActions, setup } from 'xstate'
import { type AssociationContext, type AssociationInput, associationInputSchema } from './context.js'
import { advance, beginPulse, hear, isDead, isDown, isLate, type Pulse, phi, probe } from './detector.js'
import type { AssociationEmitted, AssociationEvent } from './events.js'
import { faultIn, outputOf, refusalOfExchange, refusalOfHandshake } from './faults.js'
import { judgeCall } from './judge-call.js'
import type { AssociationSettings } from './options.js'
import { type HandshakeOutput, outsideActions, outsideActors } from './outside.js'
import { refusalKind } from './refusals.js'
import { tellingsOf } from './tellings.js'
import { called, dialled, fail, hold, proved, reset, smoothRtt } from './updates.js'

interface AssociationTypes {
  readonly context: AssociationContext
  readonly events: AssociationEvent
  readonly input: AssociationInput
  readonly emitted: AssociationEmitted
}

type Args = { readonly context: AssociationContext; readonly event: AssociationEvent }

/** `setup(...)` of a link. */
export function associationSetup(settings: AssociationSettings) {
  const pulseAt = ({ context: { pulse }, event }: Args): Pulse =>
    event.type === 'TICKED' ? advance(pulse, event.atMs, settings) : pulse
  return setup({
    types: {} as AssociationTypes,
    actors: outsideActors,
    delays: {
      connectTimeout: settings.connectTimeoutMs,
      handshakeTimeout: settings.handshakeTimeoutMs,
      resumeTimeout: settings.resumeTimeoutMs,
      closeTimeout: settings.closeTimeoutMs,
      backoff: ({ context }) => context.waitMs,
      stable: settings.stableMs,
      refusedRetry: settings.refusedRetryMs,
    },
    guards: {
      hasAddress: ({ context }) => context.address !== undefined,
      isAddress: ({ event }) => isAddress(event),
      isOtherAddress: ({ context, event }) =>
        event.type === 'PEER_ADDED' && isAddress(event) && event.address !== context.address,
      isHeld: ({ context }) => context.held !== undefined,
      isOfHeld: ({ context, event }) => 'connection' in event && event.connection === context.held?.connection,
      isTaken: ({ context, event }) => event.type === 'CALLED' && judgeCall(context, event).isTaken,
      isAcceptable: (told) => refusalOfHandshake(told) === undefined,
      agrees: (told) => refusalOfExchange(told) === undefined,
      isForReset: ({ context: { fault } }) => fault !== undefined && refusalKind(fault) === 'untilReset',
      isForOperator: ({ context: { fault } }) => fault !== undefined && refusalKind(fault) === 'slowly',
      isKnown: ({ context }) => context.known !== undefined,
      isLate: (args) => isLate(pulseAt(args), settings),
      isDown: (args) => isDown(pulseAt(args), settings),
      isDead: (args) => isDead(pulseAt(args), settings),
    },
    actions: {
      ...outsideActions,
      noteAddress: assign(({ event }) => (event.type === 'PEER_ADDED' ? { address: event.address } : {})),
      forgetAddress: assign({ address: undefined }),
      countDial: assign({ attempt: ({ context }) => context.attempt + 1 }),
      tellDialling: emit(({ context: { address, attempt } }) => ({
        type: 'dialling' as const,
        address: address ?? '',
        attempt,
      })),
      holdDialled: assign((told) => ({ held: dialled(outputOf<{ connection: string }>(told).connection) })),
      /** The peer has proved who it is: in the handshake of a dial, or before it called. */
      holdPeer: enqueueActions(({ context, event, enqueue }) => {
        const { held, rttMs } = provedIn(context, event)
        enqueue.assign({ ...hold(context, held), rttMs: smoothRtt(context.rttMs, rttMs) })
        for (const telling of tellingsOf(context, held)) {
          if (telling.type === 'peerReset') enqueue.raise({ type: 'link.otherStore' })
          enqueue.emit(telling)
        }
      }),
      tellCallRefused: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'CALLED') return
        const judged = judgeCall(context, event)
        if (judged.isTaken) return
        enqueue.emit({ type: 'callRefused', connection: event.connection, code: judged.code, ...event.peer })
        if (!judged.isProbing) return
        enqueue.assign({ pulse: probe(context.pulse) })
        enqueue.emit({ type: 'probing', connection: context.held!.connection })
      }),
      fail: enqueueActions(({ context, event, enqueue }) => {
        const fault = faultIn({ context, event })
        enqueue.assign(fail(context, fault, settings))
        enqueue.emit({ type: 'lost', connection: context.held?.connection, attempt: context.attempt, ...fault })
      }),
      reset: assign(reset),
      noteUp: enqueueActions(({ context, enqueue }) => {
        const { connection, peer } = context.held!
        const { attempt, rttMs } = context
        enqueue.assign({ held: { ...context.held!, isUp: true }, isReset: false })
        enqueue.raise({ type: 'link.up' })
        enqueue.emit({ type: 'up', connection, attempt, rttMs, ...peer! })
      }),
      forgetFailures: assign({ streak: 0 }),
      advance: assign((args) => {
        const pulse = pulseAt(args)
        return { pulse, sinceMs: args.context.sinceMs ?? pulse.atMs }
      }),
      noteSince: assign((args) => ({ sinceMs: pulseAt(args).atMs })),
      beginPulse: assign(({ context }) => ({ pulse: beginPulse(context.pulse, settings) })),
      hear: assign(({ context, event }) =>
        event.type === 'HEARD'
          ? { pulse: hear(context.pulse, event.atMs, settings), rttMs: smoothRtt(context.rttMs, event.rttMs) }
          : {},
      ),
      tellDegraded: emit((args) => {
        const pulse = pulseAt(args)
        const { connection } = args.context.held!
        return { type: 'degraded' as const, connection, silentMs: pulse.silentMs, phi: phi(pulse, settings) }
      }),
      tellRecovered: emit(({ context: { held, rttMs } }) => ({
        type: 'recovered' as const,
        connection: held!.connection,
        rttMs,
      })),
      tellBackingOff: emit(({ context: { waitMs, streak } }) => ({
        type: 'backingOff' as const,
        delayMs: waitMs,
        streak,
      })),
      tellRefused: emit(({ context: { fault } }) => ({
        type: 'refused' as const,
        retry: refusalKind(fault!) === 'untilReset' ? ('untilReset' as const) : ('slowly' as const),
        ...fault!,
      })),
      tellNodeUp: emit(({ context }) => ({ type: 'nodeUp' as const, ...context.known! })),
      tellNodeDown: emit((args) => ({ type: 'nodeDown' as const, silentMs: pulseAt(args).silentMs })),
      tellReset: emit({ type: 'reset' }),
      tellClosed: emit({ type: 'closed' }),
    },
  })
}

export type AssociationSetup = ReturnType<typeof associationSetup>

function provedIn(context: AssociationContext, event: AssociationEvent) {
  if (event.type === 'CALLED') return { held: called(event), rttMs: undefined }
  const { peer, nonce, rttMs } = outputOf<HandshakeOutput>({ event })
  return { held: proved(context.held!, peer, nonce), rttMs }
}

function isAddress(event: AssociationEvent): boolean {
  return event.type === 'PEER_ADDED' && associationInputSchema.shape.address.safeParse(event.address).success
}
