import type { ConversationRecord } from '../../../src/remote/conversation/conversation-record.js'

const START = Date.UTC(2026, 10, 21, 9, 41, 7, 120)
const shop = 'roscius://shop/orders/o17'
const pay = 'roscius://pay/cards/visa'
const stock = 'roscius://stock/items/sku-553'
const mail = 'roscius://mail/outbox'

type Line = [at: number, node: string, direction: 'sent' | 'received', id: string]

const messages: Record<string, Pick<ConversationRecord, 'from' | 'to' | 'type' | 'causation'>> = {
  m0: { to: shop, type: 'PLACE' },
  m1: { from: shop, to: pay, type: 'CHARGE', causation: 'm0' },
  m2: { from: shop, to: stock, type: 'RESERVE', causation: 'm0' },
  m3: { from: pay, to: shop, type: 'CHARGED', causation: 'm1' },
  m4: { from: stock, to: shop, type: 'RESERVED', causation: 'm2' },
  m5: { from: shop, to: mail, type: 'CONFIRM', causation: 'm3' },
  m6: { from: shop, to: stock, type: 'SHIP', causation: 'm3' },
}

/** An order over four nodes: paid for and reserved at the same time, by nodes whose clocks don't agree. */
const lines: readonly Line[] = [
  [0, 'shop', 'received', 'm0'],
  [4, 'shop', 'sent', 'm1'],
  [4, 'shop', 'sent', 'm2'],
  [12, 'pay', 'received', 'm1'],
  [1, 'stock', 'received', 'm2'],
  [40, 'pay', 'sent', 'm3'],
  [31, 'stock', 'sent', 'm4'],
  [44, 'shop', 'received', 'm4'],
  [60, 'shop', 'received', 'm3'],
  [62, 'shop', 'sent', 'm5'],
  [62, 'shop', 'sent', 'm6'],
  [1_362, 'mail', 'received', 'm5'],
  [59, 'stock', 'received', 'm6'],
]

export const orderSeventeen: readonly ConversationRecord[] = lines.map(([at, node, direction, id], i) => {
  const n = 1 + lines.slice(0, i).filter(([, other]) => other === node).length
  return { id, conversation: 'order-17', node, direction, at: START + at, n, ...messages[id]! }
})
