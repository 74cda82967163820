import { dbos } from './dbos/index.js'
import { langgraph, langgraphStock, langgraphTuned } from './langgraph/index.js'
import { createActorAlone, levelAlone } from './limits/index.js'
import { nact } from './nact/index.js'
import { nats } from './nats/index.js'
import { otp, otpDisk } from './otp/index.js'
import type { Peer } from './peer.js'
import { restate } from './restate/index.js'
import { roscius } from './roscius/index.js'
import { rosciusSocket } from './roscius-socket/index.js'
import { ws } from './ws/index.js'
import { xstate, xstateInPlace } from './xstate/index.js'

/** All that are measured, in the order of the report; the first is what the others are compared with. */
export const peers: readonly [Peer, ...Peer[]] = [
  roscius,
  rosciusSocket,
  xstate,
  xstateInPlace,
  langgraph,
  langgraphTuned,
  langgraphStock,
  restate,
  dbos,
  otp,
  otpDisk,
  nact,
  nats,
  createActorAlone,
  levelAlone,
  ws,
]
