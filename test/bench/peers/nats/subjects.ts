import type { NodeConnectionOptions } from '@nats-io/transport-node'

export const ASK = 'ask'
export const TELL = 'tell'
/** Asks how many were told. */
export const TOLD = 'told'

/** "Setting this option to true will greatly improve performance of request/reply." */
export const CONNECTION: NodeConnectionOptions = { noAsyncTraces: true, reconnect: false }
