import { defineRedaction } from 'roscius'
import { describe, expect, it } from 'vitest'
import { Shown } from '../../../src/inspect/live/shown.js'

const shown = new Shown()

describe('an event in a line', () => {
  it('is its type and its fields as JSON', () => {
    expect(shown.event({ type: 'PAY', amount: 7, to: ['ann', 'ben'] } as never)).toEqual({
      type: 'PAY',
      fields: '{"amount":7,"to":["ann","ben"]}',
    })
  })

  it('has no fields where there are none', () => {
    expect(shown.event({ type: 'GO' })).toEqual({ type: 'GO' })
  })

  it('hides secrets by key and by pattern', () => {
    const { fields } = shown.event({ type: 'LOGIN', password: 'hunter2', note: 'Bearer abcdefghijklmnop' } as never)
    expect(fields).not.toContain('hunter2')
    expect(fields).not.toContain('abcdefghijklmnop')
    expect(fields).toContain('[redacted]')
  })

  it('hides secrets in the type, too', () => {
    expect(shown.event({ type: 'USED.ghp_abcdefghijklmnopqrstuvwxyz0123456789' }).type).toBe('USED.[redacted]')
  })

  it('shows nothing where a mask of somebody throws', () => {
    const mask = {
      ...defineRedaction(),
      text: () => {
        throw new Error('broken')
      },
    }
    expect(new Shown(mask).event({ type: 'PAY', note: 'secret' } as never)).toEqual({
      type: '[redacted]',
      fields: '{"[redacted]":"[redacted]"}',
    })
  })

  it('is cut to 200 characters', () => {
    const { type, fields } = shown.event({ type: 'T'.repeat(1_000), text: 'word '.repeat(1_000) } as never)
    expect(type).toHaveLength(200)
    expect(fields).toHaveLength(200)
    expect(fields?.endsWith('…')).toBe(true)
  })
})

describe('a hostile event', () => {
  const megabyte = 'a'.repeat(1_000_000)

  it('of a megabyte costs no more than a small one', () => {
    const read: string[] = []
    const redaction = defineRedaction()
    const mask = {
      ...redaction,
      text: (text: string) => {
        read.push(text)
        return redaction.text(text)
      },
    }
    const line = new Shown(mask).event({ type: megabyte, text: megabyte, more: [megabyte, megabyte] } as never)
    expect(line.type).toHaveLength(200)
    expect(line.fields).toHaveLength(200)
    expect(read.reduce((sum, text) => sum + text.length, 0)).toBeLessThan(20_000)
  })

  it('with a field called __proto__ shows it, and changes no prototype', () => {
    const event = JSON.parse('{"type":"X","__proto__":{"isAdmin":true}}')
    expect(shown.event(event).fields).toBe('{"__proto__":{"isAdmin":true}}')
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  it('that contains itself ends somewhere', () => {
    const event: Record<string, unknown> = { type: 'LOOP' }
    event.self = event
    expect(shown.event(event as never).fields).toContain('…')
  })

  it('can not turn the direction of the text, nor break the line', () => {
    const { fields } = shown.event({ type: 'X', text: 'a\u202Eb\u0000c\u2028d\ne' } as never)
    expect(fields).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u)
  })

  it('is cut without leaving half a character', () => {
    const { fields } = shown.event({ type: 'X', text: '\u{1F600}'.repeat(300) } as never)
    expect(fields?.isWellFormed()).toBe(true)
  })

  it('may have a getter that throws, and a hundred thousand fields', () => {
    const event = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n]))
    Object.defineProperty(event, 'boom', {
      enumerable: true,
      get: () => {
        throw new Error('boom')
      },
    })
    expect(shown.event(Object.assign(event, { type: 'WIDE' }) as never).fields).toHaveLength(200)
    const small = { type: 'SMALL' }
    Object.defineProperty(small, 'boom', Object.getOwnPropertyDescriptor(event, 'boom') as PropertyDescriptor)
    expect(shown.event(small)).toMatchObject({ type: 'SMALL', fields: expect.stringContaining('boom') })
  })
})

describe('a text', () => {
  it('shows no half of a secret that the cut went through, however much was masked before it', () => {
    const token = `ghp_${'s3cr3t'.repeat(7)}`
    const long = `eyJhbGciOiJIUzI1NiJ9.${'p'.repeat(1_060)}.${'q'.repeat(40)}`
    const card = '4111 1111 1111 1111'
    for (const secret of [token, card])
      for (let shift = 0; shift < 120; shift++) {
        // What is looked at ends within the secret, and so much is masked before it that this end is shown.
        const text = `${long} ${'x '.repeat(shift)}${secret} and a long tail ${'y'.repeat(100_000)}`
        const line = new Shown().text(text)
        expect(line).not.toMatch(/ghp_s|4111/)
      }
  })

  it('that is a secret alone is shown as one, however long it is', () => {
    const key = `Bearer ${'k'.repeat(100_000)}`
    expect(shown.text(key)).toContain('[redacted]')
    expect(shown.text(`${'z'.repeat(50)} ${'w'.repeat(100_000)}`)).toHaveLength(200)
  })

  it('says what was thrown without asking it', () => {
    const thrown = {
      toString: () => {
        throw new Error('never called')
      },
    }
    expect(shown.error(thrown)).toBe('an object was thrown')
    expect(shown.error(new TypeError('no such thing'))).toBe('TypeError: no such thing')
    expect(shown.error('plain')).toBe('plain')
  })
})
