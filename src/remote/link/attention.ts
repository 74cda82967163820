/**
 * What an association is told about time and signs of life: all that can change something, and nothing else.
 *
 * While a peer is heard regularly, and when it is down already, its machine rests. So an idle link costs a comparison each
 * heartbeat, and the failure detector still counts each silence from its beginning.
 *
 * 1. It rests after two signs of life in a row that came as they should, or when the peer is down and there is nothing to
 *    hear it on.
 * 2. It is roused when a heartbeat and a half is missing, when its peer calls, and when its connection is gone: what it is
 *    told then goes on from the last sign of life.
 * 3. The tick before the one that rouses is told, too: else the detector would take a part of the silence for a pause of
 *    this node.
 * 4. Signs of life are told half a heartbeat apart at least: a burst of frames is no rhythm.
 */
import type { AssociationEvent } from '../../../machines/association/events.js'
import type { Heartbeat } from './heartbeat.js'
import { ToldTime } from './told-time.js'

/** So many heartbeats may pass unheard before the association is told of the silence. */
const UNHEARD = 1.5

export interface Outlook {
  /** Whether the link is up, the peer alive, and no answer awaited. */
  readonly isWell: boolean
  readonly isDown: boolean
}

interface Carried {
  readonly connection: string
  readonly heartbeat: Heartbeat
  /** The sign of life that was told last. */
  toldMs: number
}

export class Attention {
  private readonly time = new ToldTime()
  private carried: Carried | undefined
  private isResting = false

  constructor(
    private readonly heartbeatMs: number,
    private readonly tell: (event: AssociationEvent) => void,
    private readonly outlook: () => Outlook,
  ) {}

  /** Each heartbeat of the node. */
  tick(nowMs: number, lastTickMs: number): void {
    if (this.isResting && !this.isMissed(nowMs)) return
    if (this.isResting) this.rouseAt(lastTickMs)
    else this.rouse()
    this.tellTick(nowMs)
    if (this.carried === undefined) this.isResting = this.outlook().isDown
  }

  /** A frame has come on the connection that is carried. */
  heard(nowMs: number, rttMs: number | undefined): void {
    if (this.isResting || this.carried === undefined) return
    if (nowMs - this.carried.toldMs >= this.heartbeatMs / 2) this.tellHeard(this.carried, rttMs)
  }

  /** Brings the association up to date before something else is told. */
  rouse(): void {
    const { carried } = this
    if (carried === undefined) return
    const { heardMs } = carried.heartbeat
    if (this.isResting) this.time.skipTo(heardMs)
    else if (heardMs > carried.toldMs) this.tellHeard(carried, undefined)
    carried.toldMs = heardMs
    this.isResting = false
  }

  /** The link has come up. */
  carries(connection: string, heartbeat: Heartbeat, nowMs: number): void {
    this.carried = { connection, heartbeat, toldMs: nowMs }
    this.isResting = false
    this.time.skipTo(nowMs)
  }

  /** The connection is carried no more: from the last sign of life on it is silence. */
  drops(): void {
    if (this.isResting && this.carried !== undefined) this.time.skipTo(this.carried.heartbeat.heardMs)
    this.isResting = false
    this.carried = undefined
  }

  private rouseAt(lastTickMs: number): void {
    this.rouse()
    if (this.carried !== undefined && lastTickMs > this.carried.heartbeat.heardMs) this.tellTick(lastTickMs)
  }

  private tellTick(ms: number): void {
    this.tell({ type: 'TICKED', atMs: this.time.at(ms) })
  }

  private tellHeard(carried: Carried, rttMs: number | undefined): void {
    const { connection, heartbeat, toldMs } = carried
    const isRegular = heartbeat.heardMs - toldMs < UNHEARD * this.heartbeatMs
    carried.toldMs = heartbeat.heardMs
    this.tell({ type: 'HEARD', connection, atMs: this.time.at(heartbeat.heardMs), rttMs })
    this.isResting = isRegular && this.outlook().isWell
  }

  /** Whether a sign of life is missing. */
  private isMissed(nowMs: number): boolean {
    return this.carried !== undefined && nowMs - this.carried.heartbeat.heardMs >= UNHEARD * this.heartbeatMs
  }
}
