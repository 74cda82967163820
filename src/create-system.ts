/**
 * Puts a system together: the runtime, and the capabilities that every system has. The runtime knows none of them.
 */
import { parseAddress } from './core/address.js'
import { systemClock } from './core/clock.js'
import { RosciusError } from './core/errors.js'
import { systemRandom } from './core/random.js'
import { type ApprovalDesk, approvalDesk } from './governance/approvals/approval-desk.js'
import { Approvals } from './governance/approvals/approvals.js'
import type { ApprovalSettings } from './governance/approvals/settings.js'
import type { AuditOptions } from './governance/audit/audit-options.js'
import { AuditTrail, type SystemAudit } from './governance/audit/audit-trail.js'
import { DecisionLog, type DecisionRange } from './governance/decisions/decision-log.js'
import type { DecisionOptions } from './governance/decisions/decision-options.js'
import type { DecisionRecord } from './governance/decisions/decision-record.js'
import type { BudgetView } from './governance/ledger/budget-view.js'
import { viewOf } from './governance/ledger/budget-view.js'
import { Ledger } from './governance/ledger/ledger.js'
import type { BudgetRaise } from './governance/ledger/read-usage.js'
import { Permissions } from './governance/permissions/permissions.js'
import type { PermissionsOptions } from './governance/permissions/read-permissions.js'
import { ConversationLog } from './remote/conversation/conversation-log.js'
import type { ConversationOptions } from './remote/conversation/conversation-options.js'
import type { ConversationRecord } from './remote/conversation/conversation-record.js'
import { type RemoteOptions, readRemoteOptions } from './remote/options/remote-options.js'
import { type Peer, PeerFace } from './remote/peer.js'
import type { PeerFigures } from './remote/peer-figures.js'
import { Remoting } from './remote/remoting.js'
import { websocketTransport } from './remote/websocket-transport.js'
import { nodeUnknown } from './runtime/abroad.js'
import type { LogicTable } from './runtime/logic-table.js'
import type { RuntimeOptions } from './runtime/options.js'
import { openSystem, type RuntimeSystem } from './runtime/system.js'

export interface SystemOptions<TLogic extends LogicTable> extends RuntimeOptions<TLogic>, RemoteOptions {
  /** What holds for every actor: the most scopes that one can be given, and a policy. Those at the top have these scopes. */
  readonly permissions?: PermissionsOptions
  /** How long a question to a person waits, and to whom it is escalated. Default: 15 min, which is a no. */
  readonly approvals?: ApprovalSettings
  /** What the audit trail holds beside approvals, what policies say, interventions and spent budgets. `false`: there is none. */
  readonly audit?: false | AuditOptions
  /** How many decisions of brains are kept, and what is taken out of them. */
  readonly decisions?: DecisionOptions
  /** How much is kept of conversations between nodes. Default: 10 000 records of each, 7 days. */
  readonly conversations?: ConversationOptions
}

export interface System<TLogic extends LogicTable = LogicTable> extends RuntimeSystem<TLogic> {
  /**
   * The account of an actor (a path or an address), or the nearest that covers it, with those below; `undefined` where no
   * budget does. See `withBudget`.
   */
  budget(address: string): BudgetView | undefined
  /**
   * Raises the limits of the account of exactly that actor by so much; limits that it doesn't have are left alone. Durable
   * when it resolves. Rejects with `BUDGET_NOT_FOUND`.
   */
  raiseBudget(address: string, more: BudgetRaise): Promise<void>
  /** Questions to people: what waits for a decision, and the decisions. */
  readonly approvals: ApprovalDesk
  /** A hash chain over what was asked, decided and interfered with. Throws `OPTIONS_INVALID` where it is switched off. */
  readonly audit: SystemAudit
  /** What the brain of an actor (a path or an address) has decided, the oldest first; `from` and `to` are turns. */
  decisions(address: string, range?: DecisionRange): Promise<readonly DecisionRecord[]>
  /** Where this node is reached by others (`ws://host:port/path`); undefined if it does not listen on a port of its own. */
  readonly listening: string | undefined
  /** Another node that is among `peers`. Throws `PEER_UNKNOWN`. */
  peer(name: string): Peer<TLogic>
  /** The links with all peers, in numbers. */
  peers(): readonly PeerFigures[]
  /** What this node has sent and received in a conversation, oldest first; see `conversationText`. */
  conversation(id: string): Promise<readonly ConversationRecord[]>
}

/**
 * Opens a system on a store and recovers every actor that was alive there.
 *
 * Rejects with `OPTIONS_INVALID` (and the path of the field), `STORE_LOCKED`, `STORE_FAILED`, `RECORD_CORRUPT`,
 * `RECORD_UNSUPPORTED`.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore } from 'roscius'
 * import { createMachine } from 'xstate'
 *
 * const light = createMachine({ initial: 'off', states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } } })
 * await using system = await createSystem({ name: 'home', store: memoryStore(), logic: { light } })
 * const lamp = await system.spawn('light', { id: 'lamp' })
 * await lamp.deliver({ type: 'TOGGLE' })
 * ```
 */
export async function createSystem<const TLogic extends LogicTable>(
  options: SystemOptions<TLogic>,
): Promise<System<TLogic>> {
  const { permissions, approvals: settings, audit, decisions, conversations, ...others } = options ?? {}
  const { listen, peers, auth, transport, links, ...runtime } = others
  const remote = readRemoteOptions({ name: runtime.name, logic: runtime.logic, listen, peers, auth, transport, links })
  // The others tell it of what they find at their opening.
  const trail = audit === false ? undefined : new AuditTrail(audit)
  const ledger = new Ledger()
  const approvals = new Approvals(settings)
  const log = new DecisionLog(decisions)
  const talks = new ConversationLog(conversations)
  const clock = runtime.clock ?? systemClock()
  const remoting =
    remote && new Remoting(remote, talks, () => remote.transport ?? websocketTransport({ ...remote.websocket, clock }))
  const parts = [
    ...(trail === undefined ? [] : [trail]),
    ledger,
    new Permissions(permissions),
    approvals,
    log,
    talks,
    ...(remoting === undefined ? [] : [remoting]),
  ]
  const system = await openSystem<TLogic>({ ...runtime, clock } as RuntimeOptions<TLogic>, parts, remoting)
  await linked(system, remoting)
  const governed = Object.assign(system, {
    approvals: approvalDesk(approvals),
    decisions: (address: string, range?: DecisionRange) => log.records(pathOf(address), range),
    peer: (name: string) => {
      if (remoting === undefined) throw nodeUnknown(name)
      remoting.assertPeer(name)
      const refAt = (address: string): object => system.actor('', address)
      return new PeerFace(name, remoting, runtime.random ?? systemRandom(), refAt, async (subject, payload) => {
        trail?.append('intervention', { subject, payload })
        await ledger.committed()
      })
    },
    peers: () => remoting?.figures() ?? [],
    conversation: (id: string) => talks.records(id),
    budget: (address: string) => viewOf(ledger.accounts, pathOf(address), ledger.now()),
    raiseBudget: async (address: string, more: BudgetRaise) => {
      const path = pathOf(address)
      ledger.raise(path, more)
      trail?.append('intervention', { path, subject: 'raiseBudget', payload: more })
      await ledger.committed()
    },
  })
  return Object.defineProperties(governed, {
    audit: { get: () => trail ?? noTrail() },
    listening: { get: () => remoting?.address },
  }) as unknown as System<TLogic>
}

/** The system's links are up from now on; with a port that is taken there is no system. */
async function linked(system: RuntimeSystem, remoting: Remoting | undefined): Promise<void> {
  if (remoting === undefined) return
  const stop = system.stop.bind(system)
  Object.assign(system, {
    stop: async (options?: { readonly deadlineMs?: number }) => {
      await remoting.stop()
      await stop(options)
    },
  })
  try {
    await remoting.start()
  } catch (error) {
    await system.stop()
    throw error
  }
}

function noTrail(): never {
  throw new RosciusError('OPTIONS_INVALID', 'There is no audit trail: createSystem was given audit: false.', {
    details: { field: 'audit' },
  })
}

function pathOf(address: string): string {
  return address.startsWith('roscius://') ? parseAddress(address).path : address
}
