import type { Frame } from '../../../src/remote/protocol/frames.js'
import {
  type HandshakeState,
  type HandshakeStep,
  type OwnWelcome,
  stepHandshake,
  welcomePeer,
} from '../../../src/remote/protocol/handshake/handshake.js'

/** Takes a frame as a driver does that keeps every connection: who is believed is welcomed at once. */
export function stepWelcoming(state: HandshakeState, frame: Frame, own: OwnWelcome): HandshakeStep {
  const step = stepHandshake(state, frame)
  if (step.believed === undefined) return step
  const welcomed = welcomePeer(step.state, own)
  return { ...welcomed, believed: step.believed, send: [...step.send, ...welcomed.send] }
}
