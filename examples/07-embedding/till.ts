/** Another service, that knows the first by its address alone: it takes money for orders there. */
import { createSystem, memoryStore } from 'roscius'
import { auth } from './auth.js'
import { order, type Receipt } from './orders.js'

export interface Till extends AsyncDisposable {
  pay(id: string, cents: number): Promise<Receipt>
}

export async function openTill(address: string): Promise<Till> {
  const system = await createSystem({
    name: 'till',
    store: memoryStore(),
    logic: { order },
    peers: { orders: address },
    auth,
  })
  return {
    pay: (id, cents) => {
      const ref = system.peer('orders').actor('order', `desk/${id}`)
      return ref.ask((replyTo) => ({ type: 'PAY', cents, replyTo }), { idempotencyKey: `pay ${id}`, timeoutMs: 30_000 })
    },
    [Symbol.asyncDispose]: () => system.stop(),
  }
}
