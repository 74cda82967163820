import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createShortTexts } from '../../../src/remote/protocol/short-texts.js'

describe('a short string', () => {
  it('is the one that its bytes say, however many others took its place before', () => {
    const texts = createShortTexts()
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 32 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 50 }), (list) => {
        for (const one of [...list, ...list]) expect(texts(Buffer.from(`__${one}__`), 2, one.length)).toBe(one)
      }),
    )
  })

  it('is left to the decoder if it is not ASCII', () => {
    expect(createShortTexts()(Buffer.from('é'), 0, 2)).toBeUndefined()
  })

  it('never is another one whose bytes come to the same place', () => {
    const texts = createShortTexts()
    for (let i = 0; i < 20_000; i++) expect(texts(Buffer.from(String(i)), 0, String(i).length)).toBe(String(i))
    for (let i = 0; i < 20_000; i++) expect(texts(Buffer.from(String(i)), 0, String(i).length)).toBe(String(i))
  })
})
