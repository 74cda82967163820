/** How much a viewer over a socket may take and say. */
export const VIEWER = {
  /** At once, over all doors of a control. */
  maxViewers: 64,
  /** Of those. */
  keptForOperators: 8,
  maxTopics: 64,
  /** Of one request. */
  maxRequestBytes: 64_000,
  requests: { burst: 200, perSecond: 20 },
  /** Bytes that wait for it: above that it gets nothing new. */
  maxBufferedBytes: 1_000_000,
  /** One that reads nothing for so long is gone. */
  heartbeatMs: 15_000,
} as const

/** Why a socket is closed: codes for programs, with a reason in words. */
export const CLOSED = {
  goingAway: 1_001,
  /** It said what can't be understood. */
  badRequest: 4_400,
  /** Its session has ended. */
  noSession: 4_401,
  tooMany: 4_429,
} as const
