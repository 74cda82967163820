import { describe, expect, it } from 'vitest'
import type { ConversationRecord } from '../../../src/remote/conversation/conversation-record.js'
import { conversationText } from '../../../src/remote/conversation/print.js'
import { orderSeventeen } from './order-seventeen.js'

const ping: ConversationRecord = {
  id: '1',
  conversation: 'c',
  node: 'a',
  direction: 'sent',
  from: 'roscius://a/x',
  to: 'roscius://b/y',
  type: 'PING',
  at: Date.UTC(2026, 0, 31, 23, 59, 59, 999),
}

const linesOf = (records: readonly ConversationRecord[], width?: number): string[] =>
  conversationText(records, width === undefined ? {} : { width }).split('\n')

const widest = (records: readonly ConversationRecord[], width: number): number =>
  Math.max(...linesOf(records, width).map((line) => [...line].length))

describe('a printed conversation', () => {
  it('has a line for each message, a lane for each node, causes indented, and a mark where the order is open', () => {
    expect(conversationText(orderSeventeen)).toBe(
      `order-17: 7 messages between 4 nodes
2026-11-21 09:41:07.120 to 09:41:08.482 UTC

  shop
  │ pay
  │ │ stock
  │ │ │ mail
  ► │ │ │  09:41:07.120  PLACE          → shop/orders/o17
  ●─► │ │  09:41:07.124    CHARGE       shop/orders/o17 → pay/cards/visa       8 ms
  ●─┼─► │  09:41:07.124    RESERVE      shop/orders/o17 → stock/items/sku-553  -3 ms
  ◄─┼─● │  09:41:07.151      RESERVED   stock/items/sku-553 → shop/orders/o17  13 ms
‖ ◄─● │ │  09:41:07.160      CHARGED    pay/cards/visa → shop/orders/o17       20 ms
  ●─┼─┼─►  09:41:07.182        CONFIRM  shop/orders/o17 → mail/outbox          1.3 s
  ●─┼─► │  09:41:07.182        SHIP     shop/orders/o17 → stock/items/sku-553  -3 ms

‖ in no known order with the line above
`,
    )
  })

  it('is the same from whatever order its records come in', () => {
    expect(conversationText(orderSeventeen.toReversed())).toBe(conversationText(orderSeventeen))
  })

  it('says of what one node has noted which end of it that is', () => {
    const ofShop = linesOf(orderSeventeen.filter(({ node }) => node === 'shop'))
    expect(ofShop).toContain('  ●─► │ │  09:41:07.124    CHARGE       shop/orders/o17 → pay/cards/visa       only sent')
    expect(ofShop).toContain(
      '  ◄─● │ │  09:41:07.180      CHARGED    pay/cards/visa → shop/orders/o17       only received',
    )
  })

  it('is no wider than it is asked to be, and leaves out the middle of addresses', () => {
    expect(widest(orderSeventeen, 80)).toBeLessThanOrEqual(80)
    expect(linesOf(orderSeventeen, 80)).toContain(
      '  ●─► │ │  09:41:07.124    CHARGE       shop/orders/o17 → pay/cards/visa   8 ms',
    )
    const long = 'k'.repeat(300)
    const wide = { ...ping, type: long, from: `roscius://a/${long}`, to: `roscius://b/${long}`, conversation: long }
    expect(widest([wide], 80)).toBeLessThanOrEqual(80)
    expect(widest([wide], 120)).toBe(120)
  })

  it('has dates where it goes on past midnight', () => {
    const pong = { ...ping, id: '2', from: ping.to, to: 'roscius://a/x', node: 'b', at: ping.at + 2, causation: '1' }
    const lines = linesOf([ping, pong])
    expect(lines[1]).toBe('2026-01-31 23:59:59.999 to 2026-02-01 00:00:00.001 UTC')
    expect(lines.slice(5, 7)).toEqual([
      '  ●─►  2026-01-31 23:59:59.999  PING    a/x → b/y  only sent',
      '  ◄─●  2026-02-01 00:00:00.001    PING  b/y → a/x  only sent',
    ])
  })

  it('writes durations in the unit that they are read in', () => {
    const took = (ms: number): string | undefined =>
      linesOf([ping, { ...ping, node: 'b', direction: 'received', at: ping.at + ms }])[5]
        ?.split('  ')
        .at(-1)
    expect([0, 999, 1_000, 59_000, 90_000, 5_400_000, -20].map(took)).toEqual([
      '0 ms',
      '999 ms',
      '1.0 s',
      '59.0 s',
      '1.5 min',
      '1.5 h',
      '-20 ms',
    ])
  })

  it('has no lanes where they would say nothing, or be too many', () => {
    expect(linesOf([{ ...ping, to: 'roscius://a/y' }])[3]).toBe('    23:59:59.999  PING  a/x → a/y  only sent')
    const crowd = Array.from({ length: 11 }, (_, i) => ({ ...ping, id: `${i}`, to: `roscius://b${i}/y` }))
    expect(linesOf(crowd)[3]).toBe('    23:59:59.999  PING  a/x → b0/y   only sent')
  })

  it('lets no text of another node move the cursor or turn the direction of writing', () => {
    const text = conversationText([{ ...ping, type: '\u001b[2JEVIL\n\u202e', conversation: 'c\r' }])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(text).toContain('\uFFFD[2JEVIL\uFFFD\uFFFD')
  })

  it('stops indenting before there is no room', () => {
    const chain = Array.from({ length: 40 }, (_, i) => ({ ...ping, id: `${i}`, n: i, causation: `${i - 1}` }))
    expect(widest(chain, 80)).toBeLessThanOrEqual(80)
    expect(linesOf(chain).at(-2)).toContain(`${'  '.repeat(8)}PING`)
  })

  it('says so if there are none', () => {
    expect(conversationText([])).toBe('No messages.\n')
  })
})
