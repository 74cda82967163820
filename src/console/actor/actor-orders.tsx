/** The buttons of what an operator can do to an actor. */
import { type ReactNode, useState } from 'react'
import type { ActorDetail } from '../../control/protocol/actors.js'
import { useIsOperator } from '../app/console-context.js'
import { Button } from '../parts/button.js'
import { OrderDialog } from './order-dialog.js'
import { ORDERS, type Order, ordersFor } from './order-words.js'

interface ActorOrdersProps {
  readonly actor: ActorDetail
  readonly onSend: () => void
  readonly onDone: () => void
}

export function ActorOrders({ actor, onSend, onDone }: ActorOrdersProps): ReactNode {
  const isOperator = useIsOperator()
  const [asked, setAsked] = useState<Order>()
  if (!isOperator) return <span className="faint">Read only: you are a viewer.</span>
  return (
    <>
      <Button className="actor-order" kind="primary" icon="mail" disabled={!actor.can.send} onClick={onSend}>
        Send…
      </Button>
      {ordersFor(actor).map(({ order, isAllowed }) => (
        <Button
          key={order}
          className="actor-order"
          icon={ORDERS[order].icon}
          disabled={!isAllowed}
          onClick={() => setAsked(order)}
        >
          {ORDERS[order].name}
        </Button>
      ))}
      {asked !== undefined && (
        <OrderDialog path={actor.row.path} order={asked} onClose={() => setAsked(undefined)} onDone={onDone} />
      )}
    </>
  )
}
