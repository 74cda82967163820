import { describe, expect, test } from 'vitest'
import { ConnectionListeners } from '../../../src/remote/connection-listeners.js'

const END = { code: 4_000, reason: 'over' }

function listeners() {
  const told: (number | string)[] = []
  const made = new ConnectionListeners()
  const onMessage = (): void => made.onMessage((bytes) => told.push(bytes[0] as number))
  const onClose = (): void => made.onClose((code, reason) => told.push(`${code} ${reason}`))
  return { made, told, onMessage, onClose }
}

describe('the listeners of a connection', () => {
  test.each(['onMessage', 'onClose'] as const)('are told all in order when %s comes first', (first) => {
    const { made, told, ...on } = listeners()
    made.tellMessage(Uint8Array.of(1))
    made.tellMessage(Uint8Array.of(2))
    made.ended(END)
    on[first]()
    on[first === 'onClose' ? 'onMessage' : 'onClose']()
    expect(told).toEqual([1, 2, '4000 over'])
  })

  test('are told the first end, once, and nothing after it', () => {
    const { made, told, onMessage, onClose } = listeners()
    onMessage()
    onClose()
    made.onDrained(() => told.push('drained'))
    made.ended(END)
    made.ended({ code: 1006, reason: '' })
    made.tellMessage(Uint8Array.of(1))
    made.tellDrained()
    onClose()
    expect(told).toEqual(['4000 over'])
  })

  test('keep the order when a message comes while the kept ones are told', () => {
    const made = new ConnectionListeners()
    const told: number[] = []
    made.tellMessage(Uint8Array.of(1))
    made.tellMessage(Uint8Array.of(2))
    made.onMessage((bytes) => {
      told.push(bytes[0] as number)
      if (bytes[0] === 1) made.tellMessage(Uint8Array.of(3))
    })
    expect(told).toEqual([1, 2, 3])
  })

  test('are not told what was forgotten, but the end', () => {
    const { made, told, onMessage, onClose } = listeners()
    made.tellMessage(Uint8Array.of(1))
    made.forget()
    made.ended(END)
    onMessage()
    onClose()
    expect(told).toEqual(['4000 over'])
  })
})
