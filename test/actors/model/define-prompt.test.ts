import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { definePrompt } from '../../../actors/define-prompt.js'

const input = z.object({
  who: z.string(),
  count: z.number().default(3),
  more: z.object({ tags: z.array(z.string()) }).optional(),
})

describe('definePrompt', () => {
  const prompt = definePrompt({
    name: 'greet',
    version: '1',
    input,
    template: 'Dear {{ who }}, {{count}} {{more.tags}}!',
  })

  it('fills its places, with the defaults of its schema; what is no text is JSON, and what is absent nothing', () => {
    expect(prompt.render({ who: 'Ann' })).toBe('Dear Ann, 3 !')
    expect(prompt.render({ who: 'Ann', more: { tags: ['a', 'b'] } })).toBe('Dear Ann, 3 ["a","b"]!')
  })

  it('puts in what it is given as it is: no places in it, and no patterns of a replacement', () => {
    expect(prompt.render({ who: "{{count}} $& $1 $'" })).toBe("Dear {{count}} $& $1 $', 3 !")
  })

  it('refuses input that is not as its schema wants it, with the path of the field', () => {
    const render = () => prompt.render({ who: 'Ann', more: { tags: [1] } } as never)
    expect(render).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field: 'more.tags.0' } }))
    expect(render).toThrow('prompt greet: more.tags.0: ')
  })

  it('may be a function of what its schema has read, in two parts', () => {
    const { name, version, render } = definePrompt({
      name: 'two',
      version: '2',
      input,
      template: ({ who, count }) => ({ system: `Count to ${count}.`, user: who }),
    })
    expect([name, version, render({ who: 'Ann' })]).toEqual(['two', '2', { system: 'Count to 3.', user: 'Ann' }])
  })

  it.each([
    ['template', { template: 'Dear {{whom}}' }],
    ['template', { template: 'Dear {{who or what}}' }],
    ['template', { template: '' }],
    ['name', { name: '' }],
    ['version', { version: 1 }],
    ['input', { input: { who: 'string' } }],
  ])('refuses a wrong %s when it is made: %j', (field, wrong) => {
    const make = () => definePrompt({ name: 'greet', version: '1', input, template: 'x', ...wrong } as never)
    expect(make).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field } }))
  })
})
