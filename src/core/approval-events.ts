import type { ActorPath } from './address.js'

/** What is told of questions to people. `path`: who asks. Times are ms since the epoch. */
export type ApprovalEvent =
  | {
      readonly type: 'approvalRequested'
      readonly path: ActorPath
      readonly approvalId: string
      readonly tool: string
      readonly risk: 'read' | 'write' | 'danger'
      /** In one line. */
      readonly what: string
      /** When it counts as denied if nobody decides. */
      readonly expiresMs: number
    }
  | {
      readonly type: 'approvalDecided'
      readonly path: ActorPath
      readonly approvalId: string
      readonly decision: 'approved' | 'denied'
      readonly by: string
      readonly reason: string | undefined
      readonly atMs: number
    }
  /** Nobody has decided so far: now `to` is to be asked, too. */
  | {
      readonly type: 'approvalEscalated'
      readonly path: ActorPath
      readonly approvalId: string
      readonly to: string
      readonly atMs: number
    }
  /** Nobody has decided in time, which is a no. */
  | {
      readonly type: 'approvalExpired'
      readonly path: ActorPath
      readonly approvalId: string
      readonly reason: string
      readonly atMs: number
    }
  /** Whoever asked does not want to know any more. */
  | {
      readonly type: 'approvalWithdrawn'
      readonly path: ActorPath
      readonly approvalId: string
      readonly reason: string
      readonly atMs: number
    }
