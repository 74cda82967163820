/** What an operator can order of an actor, and what becomes of it. */
import type { ActorDetail } from '../../control/protocol/actors.js'
import type { IconName } from '../parts/icon.js'

export type Order = 'pause' | 'resume' | 'restart' | 'cancel'

export interface OrderWords {
  readonly name: string
  readonly icon: IconName
  readonly title: string
  readonly what: string
  readonly done: string
  readonly isDangerous: boolean
}

export const ORDERS: Readonly<Record<Order, OrderWords>> = {
  pause: {
    name: 'Pause',
    icon: 'pause',
    title: 'Pause this actor',
    what: 'It handles no mail, timers or results until it is resumed; they wait, also over a restart of the node. Effects that run now go on. It can still be cancelled.',
    done: 'It is paused.',
    isDangerous: false,
  },
  resume: {
    name: 'Resume',
    icon: 'play',
    title: 'Resume this actor',
    what: 'It goes on with what has waited, in order.',
    done: 'It goes on.',
    isDangerous: false,
  },
  restart: {
    name: 'Restart',
    icon: 'restart',
    title: 'Restart this actor',
    what: 'Its running effects are aborted and it begins again, with the mail that waits. This does not count towards the restarts that its supervisor allows.',
    done: 'It was restarted.',
    isDangerous: true,
  },
  cancel: {
    name: 'Cancel',
    icon: 'close',
    title: 'Cancel this actor',
    what: 'It and all below it end, children first. A machine with a transition for roscius.cancel may tidy up before; running effects are aborted and waited for. This can’t be undone.',
    done: 'It has ended.',
    isDangerous: true,
  },
}

/** Those that make sense for it now: one that is paused is resumed, others are paused. */
export function ordersFor({
  row,
  can,
}: ActorDetail): readonly { readonly order: Order; readonly isAllowed: boolean }[] {
  const first: Order = row.isPaused ? 'resume' : 'pause'
  return [first, 'restart' as const, 'cancel' as const].map((order) => ({ order, isAllowed: can[order] }))
}
